"""Measuring from people: rooms, grounds and equipment, and how stages share them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.engine.standard.people import (
    DAY,
    RELIEF_DAY,
    Row,
    amount,
    equipment,
    ground,
    measured,
    n_pupils,
    nine_year,
    pupils,
    room,
    school,
    teacher,
)

from junheng.errors import TableFaults

if TYPE_CHECKING:
    from datetime import date

    from junheng.engine.store.session import Session


def test_a_nine_year_school_is_split_by_weighted_pupils(session: Session) -> None:
    """Published vector: A = 166, B = 210, 23 226 books: 9 711.63 and 13 514.37."""
    result = measured(session, *nine_year(equipment(23_226)))
    primary, junior = (amount(result, f"S-{s}", "R6") for s in ("primary", "junior"))
    assert primary is not None
    assert junior is not None
    assert primary + junior == 23_226
    assert round(float(primary), 2) == 9_711.63
    assert round(float(junior), 2) == 13_514.37
    cells = {unit.stage: unit.cells["R6"].value for unit in result.units}
    assert cells == pytest.approx({"primary": 58.503778, "junior": 64.354156}, abs=1e-6)


def test_a_twelve_year_school_leaves_the_senior_part_its_share(session: Session) -> None:
    """Published vector: 600, 500, 400 pupils: 0.357569, 0.327771, 0.314660."""
    result = measured(
        session,
        school("S", "345", "primary junior senior"),
        pupils("S-primary-1", 600),
        pupils("S-junior-1", 500),
        pupils("S-senior-1", 400),
        room(1_678),
    )
    assert [unit.stage for unit in result.units] == ["primary", "junior"]
    assert [amount(result, f"S-{s}", "R4") for s in ("primary", "junior")] == [600, 550]


def test_a_complete_middle_school_is_one_unit(session: Session) -> None:
    """Published vector: 500 and 700 pupils: the junior part has 0.373134."""
    result = measured(
        session,
        school("S", "341", "junior senior"),
        pupils("S-junior-1", 500),
        pupils("S-senior-1", 700),
        ground(1_000),
        room(0),
    )
    assert amount(result, "S-junior", "R5") == Fraction(1_000 * 500, 500 + 840)


def test_a_campus_of_one_stage_is_not_split(session: Session) -> None:
    parts = school("S", "312", "primary junior")
    parts["campuses"].append({"campus_id": "S-02", "school_id": "S", "stage_only": "primary"})
    parts["classes"].append(
        {"class_id": "far", "school_id": "S", "unit_id": "S-primary", "campus_id": "S-02"}
    )
    result = measured(
        session,
        parts,
        pupils("far", 300),
        pupils("S-primary-1", 110),
        pupils("S-junior-1", 100),
        room(1_000),
        room(700, campus_id="S-02"),
        equipment(520),
    )
    # Elsewhere 110 and 110 weighted pupils; equipment has no place: 410 and 110 of the whole.
    assert amount(result, "S-primary", "R4") == 700 + 500
    assert amount(result, "S-junior", "R4") == 500
    assert amount(result, "S-primary", "R6") == 410
    assert amount(result, "S-junior", "R6") == 110


def test_a_campus_of_one_stage_with_other_classes_is_refused(session: Session) -> None:
    parts = school("S", "312", "primary junior")
    parts["campuses"][0]["stage_only"] = "primary"
    with pytest.raises(TableFaults, match="“S-01” is marked as a campus of one stage"):
        measured(session, parts)


def test_attached_classes_take_their_share(session: Session) -> None:
    result = measured(
        session,
        school("S", "211", "kindergarten primary"),
        pupils("S-kindergarten-1", 100),
        pupils("S-primary-1", 300),
        room(800),
    )
    assert [unit.unit_id for unit in result.units] == ["S-primary"]
    assert amount(result, "S-primary", "R4") == 600


def test_what_belongs_to_an_uncounted_point_belongs_to_its_parent(session: Session) -> None:
    result = measured(
        session,
        school("S"),
        school("point", "218", is_counted=0, parent_school_id="S", locality_code="220"),
        pupils("S-primary-1", 300),
        pupils("point-primary-1", 20),
        teacher("T"),
        teacher("U", school_id="point"),
        room(100),
        room(40, at="point"),
        ground(10, at="point"),
        equipment(5, at="point"),
    )
    assert n_pupils(result) == {"S-primary": 320}
    found = [amount(result, "S-primary", i) for i in ("R1", "R4", "R5", "R6")]
    assert found == [2, 140, 10, 5]


@pytest.mark.parametrize(
    ("kind", "stage", "n", "expected"),
    [
        ("218", "primary", 49, "excluded"),
        ("218", "primary", 50, "undetermined"),
        ("513", "primary", 200, "excluded"),
        ("361", "junior", 200, "excluded"),
        ("311", "junior", 200, "undetermined"),
    ],
)
def test_kinds_of_units_follow_the_kind_of_school(
    session: Session, kind: str, stage: str, n: int, expected: str
) -> None:
    result = measured(session, school("S", kind, stage), pupils(f"S-{stage}-1", n))
    (unit,) = result.units
    assert unit.verdict == expected


def test_media_rooms_have_both_and_are_teaching_rooms(session: Session) -> None:
    both: Row = {"is_multimedia": 1, "is_networked": 1}
    result = measured(
        session,
        school(),
        pupils("S-primary-1", 10),
        room(60, **both),
        room(60, "music", **both),
        room(60, "office", **both),
        room(60, is_multimedia=1, is_networked=0),
        room(60, is_multimedia=1),
    )
    assert amount(result, "S-primary", "R7") == 2


def test_unknown_is_not_zero(session: Session) -> None:
    result = measured(session, school(), pupils("S-primary-1", 10), room(60), room(None))
    (unit,) = result.units
    assert {i for i, cell in unit.cells.items() if cell.status != "missing"} == set()
    assert amount(result, "S-primary", "R4") is None


def test_areas_are_exact_to_a_hundredth(session: Session) -> None:
    rooms = [room(0.1) for _ in range(30)]
    result = measured(session, school(), pupils("S-primary-1", 7), *rooms)
    assert amount(result, "S-primary", "R4") == 3


@pytest.mark.parametrize(
    ("day", "locality", "rented", "expected"),
    [
        (RELIEF_DAY, "111", {"walk_minutes": 10, "contract_end": "2021-09-01"}, 180),
        (RELIEF_DAY, "111", {"walk_minutes": 11}, 130),
        (RELIEF_DAY, "111", {"walk_minutes": 10, "contract_end": "2021-08-31"}, 130),
        (RELIEF_DAY, "121", {"walk_minutes": 10}, 100),
        (DAY, "111", {"walk_minutes": 10}, 100),
    ],
)
def test_rented_and_rebuilt_grounds_need_the_relief(
    session: Session, day: date, locality: str, rented: Row, expected: int
) -> None:
    result = measured(
        session,
        school(locality_code=locality),
        pupils("S-primary-1", 10),
        room(0),
        ground(100),
        ground(30, "rebuilt_on_campus"),
        ground(50, "off_campus", **rented),
        day=day,
    )
    assert amount(result, "S-primary", "R5") == expected

"""Measuring from people: who counts where, what is shared how, and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from junheng.engine import standard
from junheng.engine.standard import rulebook
from junheng.engine.standard.person_level import (
    is_person_folder,
    item_data,
    measure_persons,
    statistics_date_of,
)
from junheng.engine.standard.person_level.datasets import BY_NAME, DATASETS
from junheng.engine.standard.person_level.reader import measure_relations, run_steps
from junheng.engine.standard.person_level.reader import text as measurement_text
from junheng.engine.standard.person_level.rules import person_rules
from junheng.engine.standard.school_items import SchoolSize
from junheng.engine.store.session import Session
from junheng.errors import DataError, RuleSetError, TableFaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.standard import Assessment, RuleSet
    from junheng.engine.store.sql_engine import SqlEngine

DAY = date(2025, 9, 1)
RELIEF_DAY = date(2021, 9, 1)
RULES = standard.load("cn-2017-quality")

Row = dict[str, Any]
World = dict[str, list[Row]]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


# --- a small world -------------------------------------------------------------------------------


def school(
    school_id: str = "S", kind: str = "211", stages: str = "primary", **more: object
) -> World:
    """A school with one campus, a unit a stage, and one class a unit."""
    units = [f"{school_id}-{stage}" for stage in stages.split()]
    return {
        "schools": [
            {
                "school_id": school_id,
                "school_name": f"样例{school_id}校",
                "county_code": "990101",
                "kind_code": kind,
                "locality_code": "111",
                "sponsor_code": "7",
                "is_boarding": 0,
                "is_counted": 1,
                **more,
            }
        ],
        "campuses": [{"campus_id": f"{school_id}-01", "school_id": school_id}],
        "units": [
            {"unit_id": unit, "school_id": school_id, "stage": stage}
            for unit, stage in zip(units, stages.split(), strict=True)
        ],
        "classes": [
            {
                "class_id": f"{unit}-1",
                "school_id": school_id,
                "unit_id": unit,
                "campus_id": f"{school_id}-01",
                "entry_year": 2025,
            }
            for unit in units
        ],
    }


def pupils(class_id: str, n: int, **more: object) -> World:
    return {
        "pupils": [
            {
                "pupil_id": f"{class_id}-{ix}",
                "class_id": class_id,
                "from_date": "2020-09-01",
                **more,
            }
            for ix in range(n)
        ]
    }


def teacher(
    staff_id: str,
    *,
    school_id: str = "S",
    lessons: dict[str, tuple[str, float]] | None = None,
    form: str = "own",
    **more: object,
) -> World:
    """A full-time teacher with a bachelor's degree; lessons: unit -> (subject, periods)."""
    person = {
        "staff_id": staff_id,
        "school_id": school_id,
        "from_date": "2015-09-01",
        "category_code": "1",
        "education_code": "21",
        "main_stage": "primary",
        **more,
    }
    return {
        "staff": [person],
        "teaching": [
            lesson(staff_id, unit, subject, periods, form=form)
            for unit, (subject, periods) in (lessons or {}).items()
        ],
    }


def lesson(
    staff_id: str, unit: str, subject: str, periods: float | None, form: str = "own", **more: object
) -> Row:
    return {
        "staff_id": staff_id,
        "unit_id": unit,
        "subject_code": subject,
        "periods": periods,
        "form": form,
        "from_date": "2020-09-01",
        **more,
    }


def room(area: float | None, kind: str = "classroom", at: str = "S", **more: object) -> World:
    return {
        "rooms": [
            {"school_id": at, "campus_id": f"{at}-01", "room_kind": kind, "area_m2": area, **more}
        ]
    }


def ground(area: float, kind: str = "outdoor", at: str = "S", **more: object) -> World:
    return {
        "grounds": [
            {"school_id": at, "campus_id": f"{at}-01", "ground_kind": kind, "area_m2": area, **more}
        ]
    }


def equipment(amount: float, at: str = "S", kind: str = "teaching_equipment") -> World:
    return {"equipment": [{"school_id": at, "asset_kind": kind, "amount": amount}]}


def world(*parts: World) -> World:
    whole: World = {dataset.name: [] for dataset in DATASETS}
    for part in parts:
        for name, rows in part.items():
            whole[name] += rows
    return whole


def measured(
    session: Session, *parts: World, day: date = DAY, rules: RuleSet = RULES
) -> Assessment:
    """Load a world into the session and assess it."""
    for name, rows in world(*parts).items():
        types = BY_NAME[name].columns
        columns = {column: [row.get(column) for row in rows] for column in types}
        session.load(BY_NAME[name].relation, columns, types)
    return standard.assess(measure_relations(session, rules, statistics_date=day))


def amount(result: Assessment, unit_id: str, indicator: str) -> Fraction | None:
    """The exact sum of facts of an indicator in a unit, as `terms` holds it."""
    ((numerator, denominator),) = result.table.session.rows(
        f"SELECT CAST(num_{indicator} AS VARCHAR), CAST(den_{indicator} AS VARCHAR) FROM terms "
        "WHERE unit_ix = (SELECT unit_ix FROM units WHERE unit_id = ?)",
        [unit_id],
    )
    return None if numerator is None else Fraction(int(str(numerator)), int(str(denominator)))


def n_pupils(result: Assessment) -> dict[str, int]:
    return {unit.unit_id: unit.pupils for unit in result.units}


def with_codes(row_id: str, *codes: str) -> RuleSet:
    rows = tuple(replace(r, codes=codes) if r.id == row_id else r for r in RULES.person_level)
    return replace(RULES, person_level=rows)


# --- it works ------------------------------------------------------------------------------------


def test_it_works(session: Session) -> None:
    """The worked district of the domain notes, school A: 1,200 pupils, six of seven met."""
    people = [
        teacher(
            f"T{ix}",
            lessons={"S-primary": ("22" if ix < 11 else "13", 12)},
            backbone_level="county" if ix < 18 else None,
            education_code="31",
        )
        for ix in range(60)
    ]
    rooms = [room(2820), room(2820), room(100, "indoor_sport"), room(500, "office")]
    media = [room(0, is_multimedia=1, is_networked=1) for _ in range(28)]
    result = measured(
        session,
        school(),
        pupils("S-primary-1", 1_200),
        *people,
        *rooms,
        *media,
        ground(8_300),
        equipment(2_760_000),
    )
    (unit,) = result.units
    values = {i: cell.value for i, cell in unit.cells.items()}
    assert values == pytest.approx(
        {"R1": 5, "R2": 1.5, "R3": 0.916667, "R4": 4.7, "R5": 7, "R6": 2_300, "R7": 2.333333},
        abs=1e-6,
    )
    assert (unit.verdict, unit.n_met, unit.pupils) == ("pass", 6, 1_200)
    assert (unit.school_name, unit.county_code, unit.kind) == ("样例S校", "990101", "ordinary")
    facts = {
        "teachers_above_degree": 60,
        "teachers_backbone": 18,
        "teachers_pe_arts": 11,
        "teaching_area_m2": 5_740,
        "indoor_sport_area_m2": 100,
        "sports_ground_area_m2": 8_300,
        "equipment_yuan": 2_760_000,
        "media_rooms": 28,
    }
    assert result.facts_of("S-primary") == {name: Fraction(n) for name, n in facts.items()}


# --- pupils --------------------------------------------------------------------------------------


def test_a_pupil_who_moved_on_the_day_is_counted_where_they_are(session: Session) -> None:
    moved: World = {
        "pupils": [
            {"pupil_id": "P", "class_id": "A-primary-1", "from_date": "2023-09-01",
             "to_date": "2025-08-31"},
            {"pupil_id": "P", "class_id": "B-primary-1", "from_date": "2025-09-01"},
        ]
    }  # fmt: skip
    result = measured(session, school("A"), school("B"), moved)
    assert n_pupils(result) == {"A-primary": 0, "B-primary": 1}
    before = measured(session, school("A"), school("B"), moved, day=date(2025, 8, 31))
    assert n_pupils(before) == {"A-primary": 1, "B-primary": 0}


def test_a_pupil_in_two_classes_on_the_day_is_refused(session: Session) -> None:
    both: World = {
        "pupils": [
            {"pupil_id": "P", "class_id": f"{s}-primary-1", "from_date": "2023-09-01",
             "to_date": end}
            for s, end in (("A", "2025-09-01"), ("B", None))
        ]
    }  # fmt: skip
    with pytest.raises(TableFaults, match="“P” stands in more than one place"):
        measured(session, school("A"), school("B"), both)


@pytest.mark.parametrize(("to_date", "n"), [("2025-07-10", 0), ("2025-09-01", 1), (None, 1)])
def test_graduates_do_not_count_and_the_last_day_does(
    session: Session, to_date: str | None, n: int
) -> None:
    result = measured(session, school(), pupils("S-primary-1", 1, to_date=to_date))
    assert n_pupils(result) == {"S-primary": n}


def test_a_unit_without_pupils_has_no_values(session: Session) -> None:
    result = measured(session, school(), teacher("T"), room(60), ground(100), equipment(1))
    (unit,) = result.units
    assert {cell.status for cell in unit.cells.values()} == {"missing"}
    assert unit.verdict == "undetermined"
    assert any("has no pupils" in w.render() for w in result.warnings)


# --- staff ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("to_date", "n"), [("2025-08-31", 0), ("2025-09-01", 1)])
def test_a_teacher_who_leaves_on_the_day_counts(session: Session, to_date: str, n: int) -> None:
    result = measured(session, school(), pupils("S-primary-1", 10), teacher("T", to_date=to_date),
                      teacher("stays", education_code="41"))  # fmt: skip
    assert amount(result, "S-primary", "R1") == n


@pytest.mark.parametrize(
    ("level", "start", "end", "n"),
    [
        ("county", "2022-09-01", "2025-08-31", 0),
        ("county", "2022-09-01", "2025-09-01", 1),
        ("nation", "2025-09-01", None, 1),
        ("city", "2025-09-02", None, 0),
        ("school", "2022-09-01", None, 0),
        (None, None, None, 0),
    ],
)
def test_a_backbone_title_must_be_valid_on_the_day(
    session: Session, level: str | None, start: str | None, end: str | None, n: int
) -> None:
    person = teacher("T", backbone_level=level, backbone_from=start, backbone_to=end)
    result = measured(session, school(), pupils("S-primary-1", 10), person)
    assert amount(result, "S-primary", "R2") == n


@pytest.mark.parametrize(
    ("code", "primary", "junior"),
    [("31", 1, 0), ("21", 1, 1), ("14", 1, 1), ("11", 1, 1), ("22", 0, 0), ("41", 0, 0)],
)
def test_the_required_degree_is_a_set_of_codes_by_stage(
    session: Session, code: str, primary: int, junior: int
) -> None:
    result = measured(
        session,
        school("A"),
        school("B", "311", "junior"),
        pupils("A-primary-1", 10),
        pupils("B-junior-1", 10),
        teacher("P", school_id="A", education_code=code),
        teacher("J", school_id="B", education_code=code, main_stage="junior"),
    )
    found = [amount(result, unit, "R1") for unit in ("A-primary", "B-junior")]
    assert found == [primary, junior]


def test_who_teaches_pe_and_music_counts_once(session: Session) -> None:
    person = teacher("T")
    person["teaching"] = [lesson("T", "S-primary", subject, 6) for subject in ("22", "24", "25")]
    result = measured(session, school(), pupils("S-primary-1", 10), person)
    assert amount(result, "S-primary", "R3") == 1


def test_pe_and_arts_must_be_the_main_subject_unless_the_rules_say_any(session: Session) -> None:
    person = teacher("T")
    person["teaching"] = [lesson("T", "S-primary", "13", 10), lesson("T", "S-primary", "22", 2)]
    parts = (school(), pupils("S-primary-1", 10), person)
    assert amount(measured(session, *parts), "S-primary", "R3") == 0
    anyone = measured(session, *parts, rules=with_codes("pe_arts_teacher", "any"))
    assert amount(anyone, "S-primary", "R3") == 1


def test_lessons_of_last_year_do_not_count(session: Session) -> None:
    person = teacher("T")
    person["teaching"] = [
        lesson("T", "S-primary", "22", 10, to_date="2025-07-10"),
        lesson("T", "S-primary", "13", 10),
    ]
    result = measured(session, school(), pupils("S-primary-1", 10), person)
    assert amount(result, "S-primary", "R3") == 0


def nine_year(*people: World) -> tuple[World, ...]:
    return (
        school("S", "312", "primary junior"),
        pupils("S-primary-1", 166),
        pupils("S-junior-1", 210),
        *people,
    )


def test_two_half_posts_count_whole_in_the_main_stage(session: Session) -> None:
    person = teacher("T", lessons={"S-primary": ("13", 8), "S-junior": ("13", 8)},
                     main_stage="junior")  # fmt: skip
    result = measured(session, *nine_year(person))
    found = [amount(result, unit, "R1") for unit in ("S-primary", "S-junior")]
    assert found == [0, 1]


def test_two_half_posts_count_half_each_where_the_rules_share(session: Session) -> None:
    people = (
        teacher("T", lessons={"S-primary": ("22", 8), "S-junior": ("22", 8)}),
        teacher("U", lessons={"S-primary": ("13", 4.5), "S-junior": ("13", 9)}),
        teacher("idle", main_stage="junior"),
    )
    result = measured(session, *nine_year(*people), rules=with_codes("teacher_stage", "share"))
    assert amount(result, "S-primary", "R1") == Fraction(1, 2) + Fraction(1, 3)
    assert amount(result, "S-junior", "R1") == Fraction(1, 2) + Fraction(2, 3) + 1
    assert amount(result, "S-primary", "R3") == amount(result, "S-junior", "R3") == Fraction(1, 2)


def test_without_a_main_stage_most_periods_decide(session: Session) -> None:
    people = (
        teacher("T", lessons={"S-primary": ("13", 5), "S-junior": ("13", 9)}, main_stage=None),
        teacher("nowhere", main_stage=None),
    )
    result = measured(session, *nine_year(*people))
    found = [amount(result, unit, "R1") for unit in ("S-primary", "S-junior")]
    assert found == [0, 1]
    assert any("counted in no unit" in warning.render() for warning in result.warnings)


def test_a_teacher_on_rotation_counts_at_the_own_school(session: Session) -> None:
    person = teacher("T", school_id="A", lessons={"B-primary": ("22", 12)}, form="rotation")
    result = measured(
        session,
        school("A"),
        school("B"),
        pupils("A-primary-1", 10),
        pupils("B-primary-1", 10),
        person,
        teacher("U", school_id="B"),
    )
    assert [amount(result, f"{s}-primary", "R3") for s in "AB"] == [1, 0]


def test_only_full_time_teachers_count(session: Session) -> None:
    others = [teacher(f"T{code}", category_code=code) for code in ("2", "3", "4", "6", "7")]
    result = measured(session, school(), pupils("S-primary-1", 10), *others)
    assert amount(result, "S-primary", "R1") == 0


# --- relief of R3 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "locality", "day", "counted"),
    [
        (50, "220", RELIEF_DAY, 3),
        (99, "220", RELIEF_DAY, 3),
        (49, "220", RELIEF_DAY, 1),
        (100, "220", RELIEF_DAY, 1),
        (60, "121", RELIEF_DAY, 1),
        (60, "220", DAY, 1),
    ],
)
def test_visitors_count_in_small_rural_schools_while_the_relief_is_in_force(
    session: Session, n: int, locality: str, day: date, counted: int
) -> None:
    own = teacher("own", lessons={"S-primary": ("22", 10)})
    # Who counts already does not count twice.
    own["teaching"].append(lesson("own", "S-primary", "24", 2, form="part_time"))
    visitors = (
        teacher("far", school_id="B", lessons={"S-primary": ("24", 4)}, form="itinerant"),
        teacher("half", lessons={"S-primary": ("25", 2)}, form="part_time", category_code="7"),
        teacher("gone", school_id="B", lessons={"S-primary": ("24", 4)}, form="rotation",
                to_date="2021-08-31"),
    )  # fmt: skip
    result = measured(
        session,
        school(locality_code=locality),
        school("B"),
        pupils("S-primary-1", n),
        own,
        *visitors,
        day=day,
    )
    assert amount(result, "S-primary", "R3") == counted


# --- shared things -------------------------------------------------------------------------------


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


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"units": [{"unit_id": "X", "school_id": "none", "stage": "primary"}]}, "“none”"),
        ({"units": [{"unit_id": "X", "school_id": "S", "stage": "college"}]}, "“college”"),
        ({"units": [{"unit_id": "S-primary", "school_id": "S", "stage": "primary"}]}, "more than"),
        ({"classes": [{"class_id": "c", "unit_id": "none"}]}, "“none”"),
        (pupils("none", 1), "“none”"),
        (teacher("T", school_id="none"), "“none”"),
        (room(1, at="none"), "“none”"),
        (school("point", "218", is_counted=0, parent_school_id="none"), "its parent"),
        (school("J", "311", "junior", is_counted=0, parent_school_id="S"), "no unit of this stage"),
    ],
)
def test_what_points_nowhere_is_refused(session: Session, broken: World, message: str) -> None:
    with pytest.raises(TableFaults, match=message):
        measured(session, school(), broken)


def test_a_rule_set_without_person_level_is_refused(session: Session) -> None:
    with pytest.raises(RuleSetError, match=r"does not say “nine_year”.*\[\[person_level\]\]"):
        measured(session, school(), rules=standard.load("cn-2012-basic"))


def test_an_unknown_word_in_the_rules_is_refused() -> None:
    with pytest.raises(RuleSetError, match="“teacher_stage” has no codes, or codes"):
        person_rules(with_codes("teacher_stage", "half"))


LOCAL = """
id = "local"
version = "1"
based_on = "cn-2017-quality@2026.1"
document = "示例文件（非真实文号）"
effective_from = 2026-01-01
name = {{ zh = "地方实施细则（示例）", en = "Local rules" }}

[[person_level]]
id = "teacher_stage"
codes = ["share"]
{source}
"""
SOURCE = 'source = { document = "示例文件（非真实文号）", confirmation = "L", clause = "第1条" }'


def test_a_local_rule_set_may_share_teachers() -> None:
    local = rulebook.parse(LOCAL.format(source=SOURCE), name="local.toml")
    assert person_rules(local).teacher_stage == "share"
    assert person_rules(local).codes["full_time"] == ("1",)
    with pytest.raises(RuleSetError, match="without a source of its own"):
        rulebook.parse(LOCAL.format(source=""), name="local.toml")


def test_every_row_of_the_person_level_has_a_source() -> None:
    rows = dict(RULES.all_sources)
    assert {f"person_level:{row.id}" for row in RULES.person_level} <= set(rows)
    assert rows["person_level:nine_year"].document == "JY/T 1001-2012"


def test_periods_that_cannot_be_shared_exactly_are_refused(session: Session) -> None:
    """Primes have no common multiple of a bearable size."""
    primes = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
    people = [
        teacher(f"T{p}", lessons={"S-primary": ("13", p - 1), "S-junior": ("13", 1)})
        for p in primes
    ]
    with pytest.raises(DataError, match="too many different sums"):
        measured(session, *nine_year(*people), rules=with_codes("teacher_stage", "share"))


def test_the_text_of_a_measurement_tells_day_and_rules() -> None:
    text = measurement_text(RULES, DAY)
    assert "-- person_class_counts\n" in text
    assert "-- person_terms\n" in text
    assert "DATE '2025-09-01'" in text
    # The relief of R5 was in force until the end of 2022.
    assert "off_campus" not in text
    assert "off_campus" in measurement_text(RULES, RELIEF_DAY)


# --- folders -------------------------------------------------------------------------------------


@pytest.fixture
def fresh() -> Iterator[Session]:
    """A session that holds no tables of other tests."""
    with Session() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small world as a folder: dates as text, flags as true and false, a dataset in pieces."""
    whole = world(
        school("S", "312", "primary junior"),
        pupils("S-primary-1", 30),
        teacher("T"),
        teacher("both", lessons={"S-primary": ("24", 5), "S-junior": ("22", 7)}),
        room(120, is_multimedia=1, is_networked=1),
        ground(300),
        equipment(5_000),
    )
    with Session() as session:
        for name, rows in whole.items():
            types = BY_NAME[name].columns
            columns = {column: [row.get(column) for row in rows] for column in types}
            session.load(name, columns, types)
            session.export_parquet(name, tmp_path / f"{name}.parquet")
    return tmp_path


def rewrite(folder: Path, dataset: str, select: str) -> None:
    """Replace a dataset by a SELECT over it."""
    path = folder / f"{dataset}.parquet"
    with Session() as session:
        session.create("changed", select.format(old=f"read_parquet('{path}')"))
        session.export_parquet("changed", path)


def test_a_folder_is_measured(folder: Path, fresh: Session) -> None:
    assert is_person_folder(folder)
    assert statistics_date_of(fresh, folder) == DAY
    result = standard.assess(measure_persons(fresh, folder, RULES, statistics_date=DAY))
    assert n_pupils(result) == {"S-primary": 30, "S-junior": 0}
    assert amount(result, "S-primary", "R4") == 120


def test_columns_of_other_types_are_read(folder: Path, fresh: Session) -> None:
    rewrite(
        folder,
        "pupils",
        "SELECT * REPLACE (CAST(from_date AS VARCHAR) AS from_date, ' ' AS to_date, "
        "TRUE AS is_migrant_child) FROM {old}",
    )
    rewrite(folder, "rooms", "SELECT * REPLACE (CAST(area_m2 AS DOUBLE) AS area_m2) FROM {old}")
    result = standard.assess(measure_persons(fresh, folder, RULES, statistics_date=DAY))
    assert n_pupils(result)["S-primary"] == 30
    assert amount(result, "S-primary", "R4") == 120
    (size,) = item_data(fresh, RULES, DAY)["G4"]
    assert size == SchoolSize("S", is_combined=True, pupils=30, migrant_pupils=30)


def test_a_folder_without_a_dataset_is_none(folder: Path, fresh: Session) -> None:
    (folder / "grounds.parquet").unlink()
    assert not is_person_folder(folder)
    assert not is_person_folder(folder / "pupils.parquet")
    with pytest.raises(DataError, match="lacks the datasets grounds"):
        measure_persons(fresh, folder, RULES, statistics_date=DAY)


def test_training_may_be_absent(folder: Path, fresh: Session) -> None:
    (folder / "training.parquet").unlink()
    assert measure_persons(fresh, folder, RULES, statistics_date=DAY).n_units == 2


@pytest.mark.parametrize(
    ("dataset", "select", "message"),
    [
        ("pupils", "SELECT * EXCLUDE (to_date) FROM {old}", "“to_date”: the column is missing"),
        (
            "pupils",
            "SELECT * REPLACE ('gestern' AS from_date) FROM {old}",
            "“from_date”: “gestern” is no value",
        ),
        ("rooms", "SELECT * REPLACE ('12 m2' AS area_m2) FROM {old}", "“12 m2” is no value"),
    ],
)
def test_what_cannot_be_read_is_refused(
    folder: Path, fresh: Session, dataset: str, select: str, message: str
) -> None:
    rewrite(folder, dataset, select)
    with pytest.raises(TableFaults, match=message):
        measure_persons(fresh, folder, RULES, statistics_date=DAY)


def test_a_cut_off_file_is_refused(folder: Path, fresh: Session) -> None:
    path = folder / "staff.parquet"
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(DataError, match=r"staff\.parquet"):
        measure_persons(fresh, folder, RULES, statistics_date=DAY)


def test_no_entry_year_asks_for_the_date(folder: Path, fresh: Session) -> None:
    rewrite(folder, "classes", "SELECT * REPLACE (NULL AS entry_year) FROM {old}")
    with pytest.raises(DataError, match="Name the statistics date"):
        statistics_date_of(fresh, folder)


# --- documents and the second engine -------------------------------------------------------------

DOCS = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("page", ["person-level.md", "person-level.zh.md"])
def test_the_reference_names_every_column(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for dataset in DATASETS:
        assert f"`{dataset.name}`" in text
        for column in dataset.measured:
            assert f"**{column}**" in text


def terms_of(engine: SqlEngine, text: str) -> list[tuple[str, ...]]:
    parts = (f"CAST({p}_{i.id} AS {text})" for i in RULES.indicators for p in ("num", "den"))
    rows = engine.rows(
        f"SELECT county, stage, kind, pupils, {', '.join(parts)} FROM person_terms ORDER BY unit_ix"
    )
    return [tuple(map(str, row)) for row in rows]


@pytest.mark.soak
@pytest.mark.spark
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
def test_the_same_sql_agrees_on_spark(folder: Path, fresh: Session) -> None:
    pytest.importorskip("pyspark", reason="needs the extra junheng[spark]")
    from junheng.engine.store.spark import SparkEngine

    measure_persons(fresh, folder, RULES, statistics_date=DAY)
    with SparkEngine() as spark:
        for dataset in DATASETS:
            path = folder / f"{dataset.name}.parquet"
            spark.create(dataset.relation, f"SELECT * FROM parquet.`{path}`")
        run_steps(spark, RULES, DAY)
        assert terms_of(spark, "STRING") == terms_of(fresh, "VARCHAR")

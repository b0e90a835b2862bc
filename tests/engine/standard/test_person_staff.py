"""Measuring from people: which teachers count where."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.engine.standard.people import (
    DAY,
    RELIEF_DAY,
    amount,
    lesson,
    measured,
    nine_year,
    pupils,
    school,
    teacher,
    with_codes,
)

if TYPE_CHECKING:
    from datetime import date

    from junheng.engine.store.session import Session


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

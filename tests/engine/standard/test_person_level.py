"""Measuring from people: the whole, pupils, and what the rules and the refusals say."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.engine.standard.people import (
    DAY,
    RELIEF_DAY,
    RULES,
    World,
    equipment,
    ground,
    measured,
    n_pupils,
    nine_year,
    pupils,
    room,
    school,
    teacher,
    with_codes,
)

from junheng.engine import standard
from junheng.engine.standard import rulebook
from junheng.engine.standard.person_level.reader import text as measurement_text
from junheng.engine.standard.person_level.rules import person_rules
from junheng.errors import DataError, RuleSetError, TableFaults

if TYPE_CHECKING:
    from junheng.engine.store.session import Session

    pass


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

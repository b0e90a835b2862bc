"""Checks between columns, of facts and of the file's own texts."""

from __future__ import annotations

import pytest
from tests.engine.quality.test_rules import written
from tests.unit_tables import source_table, unit

from junheng.engine import quality, standard
from junheng.engine.quality import rules as quality_rules
from junheng.engine.store.session import Session


def rule(kind: str, fields: str, others: str, params: str) -> tuple[quality.QualityRule, ...]:
    content = written(kind=kind, params=params).decode()
    named = content.replace('fields = ["*"]', f"fields = [{fields}]\nothers = [{others}]")
    return quality_rules.parse(named.encode(), name="mine.toml").rules


def find(
    row: dict[str, str], rules: tuple[quality.QualityRule, ...]
) -> list[tuple[str, str, float | None]]:
    with Session() as session:
        source = source_table(session, [row])
        table = standard.read(
            source, standard.load(standard.DEFAULT_RULESET_ID), ignore_unknown=True
        )
        found = quality.find(table, rules, raw=quality.of_contract(source, table.ruleset))
        return [(f.unit_id, f.field, None if f.value is None else float(f.value)) for f in found]


SUM = rule("sum", '"pupils"', '"boys", "girls"', '{ tolerance = "0" }')


@pytest.mark.parametrize(
    ("boys", "girls", "n_found"),
    [("520", "480", 0), ("520", "490", 1), ("５２０", "４８０", 0), ("520", "1,480", 1)],
)
def test_a_total_must_be_the_sum_of_its_parts(boys: str, girls: str, n_found: int) -> None:
    assert find(unit(boys=boys, girls=girls), SUM) == [("A", "pupils", 1000.0)] * n_found


def test_what_cannot_be_added_up_is_not_judged() -> None:
    assert find(unit(boys="520", girls="-"), SUM) == []
    assert find(unit(boys="520"), SUM) == []


def test_a_sum_may_be_off_by_its_tolerance() -> None:
    loose = rule("sum", '"pupils"', '"boys", "girls"', '{ tolerance = "0.02" }')
    assert find(unit(boys="520", girls="490"), loose) == []
    assert find(unit(boys="520", girls="510"), loose) != []


def test_a_part_is_not_larger_than_its_whole() -> None:
    part = rule("part_of", '"teachers_pe_arts"', '"teachers"', '{ tolerance = "0" }')
    assert find(unit(teachers="9"), part) == []
    assert find(unit(teachers="8"), part) == [("A", "teachers_pe_arts", 9.0)]
    assert find({**unit(), "专任教师数": "8"}, part) == [("A", "teachers_pe_arts", 9.0)]


def test_a_copied_figure_is_found_at_the_last_digit() -> None:
    copied = rule(
        "repeated", '"teaching_area_m2"', '"sports_ground_area_m2"', '{ at_least = "100" }'
    )
    assert find(unit(sports_ground_area_m2="4700.00"), copied) == [
        ("A", "teaching_area_m2", 4700.0)
    ]
    assert find(unit(sports_ground_area_m2="4700.01"), copied) == []
    small = unit(teaching_area_m2="50", sports_ground_area_m2="50", indoor_sport_area_m2="0")
    assert find(small, copied) == []


def test_a_rule_on_columns_that_are_not_there_finds_nothing() -> None:
    absent = rule("part_of", '"footprint_raw"', '"floor_area_raw"', '{ tolerance = "0" }')
    assert find(unit(), absent) == []

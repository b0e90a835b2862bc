"""The shipped rule sets say what the documents say, and every row says where it comes from."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from junheng.engine.standard import items, rulebook

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import RuleSet, Text

QUALITY = rulebook.load("cn-2017-quality", "2026.1")
BASIC = rulebook.load("cn-2012-basic", "2026.1")
EXAMPLE = rulebook.load("example-local", "2026.1")
SHIPPED = [rulebook.load(ref.id, ref.version) for ref in rulebook.available()]

CHINESE = re.compile(r"[\u4e00-\u9fff]")

# Thresholds of 教督〔2017〕6号: primary, junior.
THRESHOLDS = {
    "R1": ("4.2", "5.3"),
    "R2": ("1", "1"),
    "R3": ("0.9", "0.9"),
    "R4": ("4.5", "5.8"),
    "R5": ("7.5", "10.2"),
    "R6": ("2000", "2500"),
    "R7": ("2.3", "2.4"),
}


def texts_of(rules: RuleSet) -> list[Text]:
    texts = [rules.name, *(fact.name for fact in rules.facts)]
    texts += [text for i in rules.indicators for text in (i.name, i.short_name, i.unit)]
    texts += [item.name for item in rules.items] + [veto.name for veto in rules.vetoes]
    texts += [e.reason for e in rules.exclusions] + [r.text for r in rules.reliefs]
    return texts + [source.note for _, source in rules.all_sources if source.note]


@pytest.mark.parametrize("rules", SHIPPED, ids=lambda rules: rules.id)
def test_every_row_has_number_names_source_and_tag(rules: RuleSet) -> None:
    numbers = [i.number for i in rules.indicators] + [i.number for i in rules.items]
    assert all([*numbers, *(veto.number for veto in rules.vetoes)])
    for text in texts_of(rules):
        assert CHINESE.search(text.zh), text
        assert text.en, text
        assert not CHINESE.search(text.en), text
    for row, source in rules.all_sources:
        assert source.document, row
        assert source.clause, row
        assert source.confirmation, row
        assert source.valid_from, row


@pytest.mark.parametrize("rules", SHIPPED, ids=lambda rules: rules.id)
def test_every_computed_or_entered_item_has_a_check(rules: RuleSet) -> None:
    for item in rules.items:
        assert (item.check in items.CHECKS) == (item.kind != "attested"), item.id


def test_quality_has_seven_and_fifteen_and_nine_and_one() -> None:
    assert len(QUALITY.indicators) == 7
    parts = Counter(item.part for item in QUALITY.items)
    assert parts == {"guarantee": 15, "quality": 9, "recognition": 1}
    assert [veto.number for veto in QUALITY.vetoes] == [str(n) for n in range(1, 8)]
    for part in parts:
        numbers = [item.number for item in QUALITY.items if item.part == part]
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("indicator_id", THRESHOLDS)
def test_quality_thresholds(indicator_id: str) -> None:
    primary, junior = map(Fraction, THRESHOLDS[indicator_id])
    indicator = QUALITY.indicator(indicator_id)
    assert indicator.thresholds == {"primary": primary, "junior": junior}
    assert indicator.source.is_confirmed


@pytest.mark.parametrize(
    ("indicator_id", "primary", "junior"),
    [
        ("R1", "3.57", "4.505"),
        ("R2", "0.85", "0.85"),
        ("R3", "0.765", "0.765"),
        ("R4", "3.825", "4.93"),
        ("R5", "6.375", "8.67"),
        ("R6", "1700", "2125"),
        ("R7", "1.955", "2.04"),
    ],
)
def test_quality_floors(indicator_id: str, primary: str, junior: str) -> None:
    share, thresholds = QUALITY.unit_rule.floor_share, QUALITY.indicator(indicator_id).thresholds
    floors = {stage: share * limit for stage, limit in thresholds.items() if limit is not None}
    assert floors == {"primary": Fraction(primary), "junior": Fraction(junior)}


def test_quality_terms() -> None:
    assert dict(QUALITY.indicator("R4").terms) == {
        "teaching_area_m2": 1,
        "indoor_sport_area_m2": -1,
    }
    assert dict(QUALITY.indicator("R5").terms) == {
        "sports_ground_area_m2": 1,
        "indoor_sport_area_m2": 1,
    }
    per_100 = {i.id for i in QUALITY.indicators if i.per == 100}
    whole = {i.id for i in QUALITY.indicators if QUALITY.is_counted_whole(i)}
    assert per_100 == whole == {"R1", "R2", "R3", "R7"}
    shared = {
        i.id for i in QUALITY.indicators if all(QUALITY.fact(f).is_shared for f, _ in i.terms)
    }
    assert shared == {"R4", "R5", "R6", "R7"}


def test_quality_rules_for_units_and_dispersion() -> None:
    assert QUALITY.unit_rule.met_at_least == 6
    assert QUALITY.dispersion.method == "each"
    assert QUALITY.dispersion.limits == {"primary": Fraction("0.5"), "junior": Fraction("0.45")}
    exclusions = {e.kind: e.pupils_below for e in QUALITY.exclusions}
    assert exclusions == {"special": None, "vocational": None, "teaching_point": 50}
    shown = QUALITY.presentation
    assert (shown.school_decimals, shown.coefficient_decimals, shown.ratio_decimals) == (2, 3, 1)


@pytest.mark.parametrize("rules", [QUALITY, BASIC], ids=["quality", "basic"])
def test_split_weights(rules: RuleSet) -> None:
    weights = {split.school_kind: dict(split.weights) for split in rules.splits}
    one, junior, senior = Fraction(1), Fraction("1.1"), Fraction("1.32")
    assert weights == {
        "nine_year": {"primary": one, "junior": junior},
        "twelve_year": {"primary": one, "junior": junior, "senior": senior},
        "complete_middle": {"junior": one, "senior": Fraction("1.2")},
    }


def test_reliefs_expire_and_say_what_is_unconfirmed() -> None:
    assert {relief.applies_to for relief in QUALITY.reliefs} == {"R3", "R5", "G3", "G4"}
    for relief in QUALITY.reliefs:
        assert relief.source.holds_on(date(2021, 9, 1))
        assert not relief.source.holds_on(date(2026, 9, 1))
        assert relief.source.note is not None
        assert not relief.source.is_confirmed


def test_basic_has_eight_indicators_and_judges_their_mean() -> None:
    assert [i.name.zh for i in BASIC.indicators] == [
        "生均教学及辅助用房面积",
        "生均体育运动场馆面积",
        "生均教学仪器设备值",
        "每百名学生拥有计算机台数",
        "生均图书册数",
        "师生比",
        "生均高于规定学历教师数",
        "生均中级及以上专业技术职务教师数",
    ]
    assert [i.id for i in BASIC.indicators if i.per == 100] == ["B4"]
    assert all(limit is None for i in BASIC.indicators for limit in i.thresholds.values())
    assert BASIC.unit_rule.met_at_least is None
    assert BASIC.dispersion.method == "mean"
    assert BASIC.dispersion.limits == {"primary": Fraction("0.65"), "junior": Fraction("0.55")}


def test_example_changes_only_its_rows_and_upward() -> None:
    changed = {"R7", "G5"}
    for mine, national in zip(EXAMPLE.indicators, QUALITY.indicators, strict=True):
        assert (mine == national) == (mine.id not in changed)
        for stage, limit in national.thresholds.items():
            assert (mine.thresholds[stage] or 0) >= (limit or 0)
    assert [a.id for a, b in zip(EXAMPLE.items, QUALITY.items, strict=True) if a != b] == ["G5"]
    assert EXAMPLE.vetoes == QUALITY.vetoes
    assert "示例" in EXAMPLE.name.zh
    assert "example" in EXAMPLE.name.en

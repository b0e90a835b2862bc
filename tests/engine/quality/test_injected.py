"""Defects of each kind put into the sample district by lot: how many are found, how many too many.

Bounds are what the rules must reach; what they reached when written stands beside each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.engine.quality.tables import COUNTED, MEASURED, find, inject, sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.unit_tables import Row

SEEDS = (1, 2)
RULES = {"facts of 2017": "cn-2017-quality", "facts of 2012": "cn-2012-basic"}


def times(factor: str) -> Callable[[Row, str], str]:
    return lambda row, field: f"{Decimal(row[field]) * Decimal(factor):f}"


def constant(text: str) -> Callable[[Row, str], str]:
    return lambda row, field: text


@dataclass(frozen=True)
class Defect:
    """A kind of damage, the rules of which any may find it, and the least share found."""

    fields: Sequence[str]
    damage: Callable[[Row, str], str]
    found_by: frozenset[str]
    recall: float


SLIPS = frozenset({"unit_slip", "whole_counts_slip", "run_together", "far_from_peers"})
DEFECTS = {
    # 1.0: a point for a thousands separator, in a field of thousands
    "thousandth": Defect(MEASURED, times("0.001"), SLIPS, 1.0),
    # 1.0: ten thousand yuan written where yuan are asked for, and the other way round
    "ten-thousandth": Defect(("equipment_yuan",), times("0.0001"), SLIPS, 1.0),
    "ten thousand": Defect(("equipment_yuan",), times("10000"), SLIPS, 1.0),
    # 1.0: a decimal point lost
    "hundred": Defect(MEASURED, times("100"), SLIPS, 1.0),
    "hundred persons": Defect(COUNTED, times("100"), SLIPS | {"teachers_within_all"}, 1.0),
    "code": Defect(
        COUNTED, constant("88888"), frozenset({"code_value", "teachers_within_all"}), 1.0
    ),
    # 0.78: in a field whose spread is wide, eight times is no wonder
    "eight times": Defect(MEASURED, times("8"), frozenset({"far_from_peers"}), 0.6),
    "nothing": Defect(
        ("teachers_above_degree", "sports_ground_area_m2", "equipment_yuan", "books"),
        constant("0"),
        frozenset({"zero_among_peers"}),
        1.0,
    ),
    "copied": Defect(
        ("teaching_area_m2",),
        lambda row, _: row["sports_ground_area_m2"],
        frozenset({"teaching_repeats_ground"}),
        1.0,
    ),
    "too many": Defect(
        ("teachers_pe_arts", "teachers_backbone", "teachers_above_degree"),
        lambda row, _: str(int(row["teachers"]) + 1),
        frozenset({"teachers_within_all"}),
        1.0,
    ),
}


def known_fields(defect: Defect, rules: str) -> list[str]:
    """Fields of a rule set: it does not look at figures that only the other one needs."""
    only_2012 = {"computers", "books", "teachers"}
    only_2017 = {"teachers_above_degree", "teachers_pe_arts", "teachers_backbone", "media_rooms"}
    unknown = only_2012 if rules == "cn-2017-quality" else only_2017
    return [field for field in defect.fields if field not in unknown]


@pytest.mark.parametrize("name", DEFECTS)
def test_injected_defects_are_found(name: str) -> None:
    defect = DEFECTS[name]
    fields = known_fields(defect, "cn-2017-quality")
    n_found = n_all = 0
    for seed in SEEDS:
        injected = inject(sample(seed=seed), fields, defect.damage, random.Random(seed))
        hits = {
            (f.unit_id, f.field)
            for f in find(injected.rows)
            if defect.found_by & {f.rule.id, *f.also}
        }
        n_found += len(hits & injected.places)
        n_all += len(injected.places)
    assert n_found >= defect.recall * n_all, f"{n_found} of {n_all}"


def test_abrupt_changes_are_found() -> None:
    for seed in SEEDS:
        fields = ("pupils", "media_rooms", "equipment_yuan")
        injected = inject(sample(seed=seed), fields, times("4"), random.Random(seed))
        before = sample(seed=seed, ago=1)
        known = {row["unit_id"] for row in before if Decimal(row["media_rooms"]) > 1}
        hits = {
            (f.unit_id, f.field)
            for f in find(injected.rows, last_year=before)
            if {"pupils_since_last_year", "changed_since_last_year"} & {f.rule.id, *f.also}
        }
        wanted = {(unit, field) for unit, field in injected.places if unit in known}
        assert wanted <= hits


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("preset", ["dongsheng", "xigong"])
def test_a_sound_district_raises_few_alarms(preset: str, rules: str) -> None:
    """At most two alarms among some 500 figures, compared with last year, too."""
    for seed in (2025, 3):
        found = find(
            sample(preset, seed=seed), last_year=sample(preset, seed=seed, ago=1), rules=rules
        )
        assert len(found) <= 2, [(f.unit_id, f.field, f.rule.id, f.value) for f in found]


def test_a_slip_is_put_right_exactly() -> None:
    """The likely value is the value before the damage."""
    rows = sample(seed=1)
    before = {(r["unit_id"], f): Decimal(r[f]) for r in rows for f in MEASURED}
    fields = [field for field in MEASURED if field != "books"]
    injected = inject(rows, fields, times("0.001"), random.Random(5))
    likely = {(f.unit_id, f.field): f.likely for f in find(injected.rows) if f.likely is not None}
    assert {place: likely.get(place) for place in injected.places} == {
        place: before[place] for place in injected.places
    }

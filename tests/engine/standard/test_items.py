"""What no item takes, what holds for all of them, and the overall result."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.standard.judged import RULES, areas, judge, with_params, zone

from junheng.engine.standard import items
from junheng.engine.standard.county_items import (
    DisabledChildren,
    JuniorCohort,
    RotationYear,
    SpecialSchoolFunding,
    SubjectResult,
)
from junheng.engine.standard.school_items import (
    SchoolFunding,
    SchoolRooms,
    TeacherCertificate,
    TrainingFunds,
)
from junheng.errors import DataError, NotFound, RuleSetError

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Item


def school(n_classes: int | None, music: tuple[Fraction, ...] | None, art: Any) -> SchoolRooms:
    return SchoolRooms("A", "primary", n_classes, music, art)


# What is impossible, unknown or badly written


@pytest.mark.parametrize(
    ("item_id", "data"),
    [
        ("G6", [SchoolFunding("A", 40, Fraction(-1), Fraction(720))]),
        ("G7", SpecialSchoolFunding(Fraction(1), -1)),
        ("G11", RotationYear(850, 851, 20)),
        ("G11", RotationYear(850, 92, 93)),
        ("G13", [zone("a", 101)]),
        ("Q1", JuniorCohort(10, 5, 0, 0, 11)),
        ("Q2", DisabledChildren(100, 40, 60, 1)),
        ("Q4", [TrainingFunds("A", Fraction(-1), Fraction(0))]),
        ("Q9", [SubjectResult("语文", 3, Fraction("-0.1"))]),
    ],
)
def test_impossible_figures_are_refused(item_id: str, data: Any) -> None:
    with pytest.raises(DataError, match=f"Item {item_id}"):
        judge(item_id, data)


def test_unknown_items_checks_and_parameters_are_named() -> None:
    with pytest.raises(NotFound, match="G99"):
        judge("G99", None)
    with pytest.raises(RuleSetError, match=r"“no_such”.*music_art_rooms"):
        items.check_of(replace(items.find_item(RULES, "G3"), check="no_such"))
    bad_mode = with_params("G3", mode="any")
    with pytest.raises(RuleSetError, match="each, sum"):
        items.check_of(bad_mode)(bad_mode, [school(1, areas(), areas())], ())
    no_limit = replace(items.find_item(RULES, "G7"), params={})
    with pytest.raises(RuleSetError, match="yuan_per_pupil_at_least"):
        items.check_of(no_limit)(no_limit, SpecialSchoolFunding(None, None), ())


@given(st.lists(st.sampled_from([True, False, None]), min_size=1), st.integers(0, 20))
def test_learning_more_never_turns_a_settled_answer(known: list[bool | None], which: int) -> None:
    before = judge("G12", [TeacherCertificate("t", held) for held in known]).status
    for answer in (True, False):
        told = [answer if held is None else held for held in known]
        after = judge("G12", [TeacherCertificate("t", held) for held in told]).status
        assert after != "undetermined"
        assert before in (after, "undetermined")


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_more_exchanges_never_hurt_the_first_share(eligible: int, a: int, b: int) -> None:
    few, many = sorted((min(a, eligible), min(b, eligible)))
    rank = {"not_met": 0, "undetermined": 1, "met": 2}
    first, second = (
        judge("G11", RotationYear(eligible, n, 0)).figures[0].status for n in (few, many)
    )
    assert rank[first] <= rank[second]


# Overall


def all_met() -> dict[str, Any]:
    return {
        "resource_allocation": "met",
        "items": {item.id: "met" for item in RULES.items},
        "vetoes": {veto.id: False for veto in RULES.vetoes},
    }


def test_overall_needs_everything() -> None:
    assert items.overall(RULES, **all_met()).status == "met"


@pytest.mark.parametrize("item", RULES.items, ids=lambda item: item.id)
def test_any_item_decides_overall(item: Item) -> None:
    facts = all_met()
    facts["items"][item.id] = "not_met"
    assert items.overall(RULES, **facts).not_met == (item.id,)
    del facts["items"][item.id]
    result = items.overall(RULES, **facts)
    assert (result.status, result.undetermined) == ("undetermined", (item.id,))


@pytest.mark.parametrize("veto", RULES.vetoes, ids=lambda veto: veto.id)
def test_any_veto_fails_the_county_whatever_the_numbers(veto: Any) -> None:
    facts = all_met()
    facts["vetoes"][veto.id] = True
    result = items.overall(RULES, **facts)
    assert (result.status, result.vetoed_by) == ("not_met", (veto.id,))
    facts["vetoes"][veto.id] = None
    assert items.overall(RULES, **facts).status == "undetermined"


def test_part_one_decides_overall() -> None:
    for status in ("not_met", "undetermined"):
        facts = all_met() | {"resource_allocation": status}
        assert items.overall(RULES, **facts).status == status


def test_a_failure_outweighs_what_is_open() -> None:
    facts = all_met() | {"resource_allocation": "not_met", "vetoes": {}}
    result = items.overall(RULES, **facts)
    assert result.status == "not_met"
    assert len(result.undetermined) == 7

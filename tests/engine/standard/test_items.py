"""Items that data decide, with the figures of the standard, and the overall result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.standard import items, rulebook
from junheng.engine.standard.county_items import (
    DisabledChildren,
    JuniorCohort,
    RotationYear,
    SpecialSchoolFunding,
    SubjectResult,
    ZoneEnrolment,
    difference_rate,
)
from junheng.engine.standard.school_items import (
    ClassBand,
    SchoolClass,
    SchoolFunding,
    SchoolRooms,
    SchoolSize,
    TeacherCertificate,
    TeacherTraining,
    TrainingFunds,
    hours_in_window,
)
from junheng.errors import DataError, NotFound, RuleSetError

if TYPE_CHECKING:
    from junheng.engine.standard.itemtypes import ItemResult
    from junheng.engine.standard.ruleset import Item

RULES = rulebook.load("cn-2017-quality", "2026.1")
IN_FORCE = date(2021, 9, 1)
TODAY = date(2026, 9, 1)


def judge(item_id: str, data: Any, on: date = TODAY) -> ItemResult:
    return items.evaluate(RULES, item_id, data, on=on)


def with_params(item_id: str, **params: Fraction | str | int) -> Item:
    item = items.find_item(RULES, item_id)
    return replace(item, params={**item.params, **params})


def areas(*values: float) -> tuple[Fraction, ...]:
    return tuple(Fraction(str(value)) for value in values)


def school(n_classes: int | None, music: tuple[Fraction, ...] | None, art: Any) -> SchoolRooms:
    return SchoolRooms("A", "primary", n_classes, music, art)


# G3 music and art rooms


@pytest.mark.parametrize(
    ("n_classes", "music", "art", "status"),
    [
        (12, areas(96), areas(90), "met"),
        (13, areas(96), areas(90), "not_met"),
        (24, areas(96, 100), areas(90, 91), "met"),
        (12, areas(95.99), areas(90), "not_met"),
        (12, areas(96), areas(89.99), "not_met"),
        (12, areas(96, 96), areas(), "not_met"),
        (12, None, areas(90), "undetermined"),
        (12, None, areas(), "not_met"),
        (None, areas(96), areas(90), "undetermined"),
    ],
)
def test_rooms_of_each_kind(n_classes: int | None, music: Any, art: Any, status: str) -> None:
    assert judge("G3", [school(n_classes, music, art)]).status == status


@pytest.mark.parametrize(
    ("music", "art", "status"),
    [
        (areas(96, 96), areas(), "met"),
        (areas(96), areas(90), "met"),
        (areas(96), areas(), "not_met"),
        (areas(96, 96), None, "met"),
        (areas(96), None, "undetermined"),
    ],
)
def test_rooms_of_both_kinds_together_are_looser(music: Any, art: Any, status: str) -> None:
    item = with_params("G3", mode="sum")
    assert items.check_of(item)(item, [school(13, music, art)], ()).status == status


def test_old_buildings_have_smaller_rooms_while_the_relief_holds() -> None:
    old = replace(school(12, areas(73), areas(67)), built_year=2016)
    result = judge("G3", [old], IN_FORCE)
    assert result.status == "met"
    assert [(use.subject, use.relief_id) for use in result.reliefs] == [("A", "G3-built-2016")]
    assert judge("G3", [old], TODAY).status == "not_met"
    assert judge("G3", [replace(old, built_year=2017)], IN_FORCE).status == "not_met"
    assert judge("G3", [replace(old, built_year=None)], IN_FORCE).status == "not_met"


@pytest.mark.parametrize(
    ("stage", "area", "largest", "is_rural", "status"),
    [
        ("primary", 54, 29, True, "met"),
        ("primary", 53, 29, True, "not_met"),
        ("junior", 61, 29, True, "met"),
        ("junior", 54, 29, True, "not_met"),
        ("primary", 54, 30, True, "not_met"),
        ("primary", 54, 29, False, "not_met"),
    ],
)
def test_small_rural_schools_have_smaller_rooms(
    stage: Any, area: int, largest: int, is_rural: bool, status: str
) -> None:
    small = SchoolRooms(
        "A", stage, 6, areas(area), areas(area), is_rural=is_rural, largest_class=largest
    )
    assert judge("G3", [small], IN_FORCE).status == status


def test_a_school_that_meets_the_full_size_uses_no_relief() -> None:
    old = replace(school(12, areas(96), areas(90)), built_year=2000)
    assert judge("G3", [old], IN_FORCE).reliefs == ()


def test_the_schools_in_the_way_are_named_with_numbers() -> None:
    bad = replace(school(25, areas(96, 96), areas(90, 90, 90)), school_id="B")
    result = judge("G3", [school(12, areas(96), areas(90)), bad])
    assert result.value == Fraction(1, 2)
    assert result.limit == 1
    [obstacle] = result.obstacles
    assert obstacle.subject == "B"
    assert "25 classes need 3 rooms" in str(obstacle.reason)


# G4 school size, G5 class size


@pytest.mark.parametrize(
    ("pupils", "is_combined", "status"),
    [
        (2000, False, "met"),
        (2001, False, "not_met"),
        (2500, True, "met"),
        (2501, True, "not_met"),
        (None, False, "undetermined"),
    ],
)
def test_school_size(pupils: int | None, is_combined: bool, status: str) -> None:
    assert judge("G4", [SchoolSize("A", is_combined, pupils)]).status == status


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (SchoolSize("A", False, 2400, built_year=2010), "met"),
        (SchoolSize("A", False, 2401, built_year=2010), "not_met"),
        (SchoolSize("A", False, 2400, built_year=2011), "not_met"),
        (SchoolSize("A", True, 3000, migrant_pupils=1501), "met"),
        (SchoolSize("A", True, 3000, migrant_pupils=1500), "not_met"),
    ],
)
def test_school_size_reliefs(size: SchoolSize, status: str) -> None:
    assert judge("G4", [size], IN_FORCE).status == status
    assert judge("G4", [size], TODAY).status == "not_met"


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (SchoolClass("1", "primary", 45), "met"),
        (SchoolClass("1", "primary", 46), "not_met"),
        (SchoolClass("1", "junior", 50), "met"),
        (SchoolClass("1", "junior", 51), "not_met"),
        (SchoolClass("1", "junior", None), "undetermined"),
        (ClassBand("A", "primary", 41, 45, 9), "met"),
        (ClassBand("A", "primary", 46, 50, 1), "not_met"),
        (ClassBand("A", "junior", 46, 50, 1), "met"),
        (ClassBand("A", "junior", 66, None, 1), "not_met"),
        (ClassBand("A", "primary", 41, 50, 1), "undetermined"),
        (ClassBand("A", "primary", 45, 50, 1), "undetermined"),
        (ClassBand("A", "primary", 0, None, 1), "undetermined"),
    ],
)
def test_class_size(row: SchoolClass | ClassBand, status: str) -> None:
    assert judge("G5", [row]).status == status


def test_empty_bands_do_not_count() -> None:
    full, empty = ClassBand("A", "primary", 41, 45, 3), ClassBand("A", "primary", 66, None, 0)
    result = judge("G5", [full, empty])
    assert result.status == "met"
    assert result.value == 1
    assert result.obstacles == ()
    assert judge("G5", [empty]).status == "undetermined"


def test_a_band_weighs_as_many_classes_as_it_holds() -> None:
    rows = [ClassBand("A", "primary", 41, 45, 3), ClassBand("A", "primary", 46, 50, 1)]
    assert judge("G5", rows).value == Fraction(3, 4)


def test_example_rules_lower_the_class_size() -> None:
    local = rulebook.load("example-local")
    row = SchoolClass("1", "primary", 43)
    assert judge("G5", [row]).status == "met"
    assert items.evaluate(local, "G5", [row], on=TODAY).status == "not_met"


# G6, G7 money


@pytest.mark.parametrize(
    ("pupils", "funding", "status"),
    [(40, 72_000, "met"), (40, 71_999, "not_met"), (99, None, "undetermined"), (100, 0, "met")],
)
def test_small_schools_are_funded_as_for_100(pupils: int, funding: Any, status: str) -> None:
    given_yuan = None if funding is None else Fraction(funding)
    row = SchoolFunding("A", pupils, given_yuan, Fraction(720))
    assert judge("G6", [row]).status == status


@pytest.mark.parametrize("known", [(None, Fraction(720)), (Fraction(1), None)])
def test_small_schools_with_gaps(known: tuple[Fraction | None, Fraction | None]) -> None:
    assert judge("G6", [SchoolFunding("A", 40, *known)]).status == "undetermined"


def test_a_county_without_small_schools_fulfils_but_an_empty_table_does_not() -> None:
    assert judge("G6", [SchoolFunding("A", 500, None, None)]).status == "met"
    assert judge("G6", []).status == "undetermined"


@pytest.mark.parametrize(
    ("total", "pupils", "status"),
    [(800_000, 100, "met"), (799_999, 100, "not_met"), (0, 0, "undetermined")],
)
def test_special_school_funding(total: int, pupils: int, status: str) -> None:
    assert judge("G7", SpecialSchoolFunding(Fraction(total), pupils)).status == status


# G8, G14, G15 entered figures


@pytest.mark.parametrize(
    ("item_id", "value", "status"),
    [
        ("G8", "0", "met"),
        ("G8", "-0.01", "not_met"),
        ("G14", "0.5", "met"),
        ("G15", "0.8499", "not_met"),
        ("G15", None, "undetermined"),
    ],
)
def test_entered_figures(item_id: str, value: str | None, status: str) -> None:
    assert judge(item_id, None if value is None else Fraction(value)).status == status


# G9, G12 teachers


def test_training_hours_of_five_years() -> None:
    hours = dict(zip(range(2022, 2027), map(Fraction, (60, 72, 80, 70, 78)), strict=True))
    total = hours_in_window(hours | {2021: Fraction(500)}, last_year=2026, years=5)
    assert total == 360
    assert judge("G9", [TeacherTraining("t", total)]).status == "met"
    assert judge("G9", [TeacherTraining("t", Fraction(359))]).status == "not_met"


def test_one_teacher_short_of_hours_is_named() -> None:
    rows = [TeacherTraining(str(n), Fraction(360)) for n in range(9)]
    result = judge("G9", [*rows, TeacherTraining("x", Fraction("359.5"))])
    assert (result.status, result.value) == ("not_met", Fraction(9, 10))
    assert [(o.subject, str(o.reason)) for o in result.obstacles] == [
        ("x", "359.5 hours of training; 360 are due.")
    ]


def test_certificates() -> None:
    yes, no, unknown = (TeacherCertificate(str(n), n) for n in (True, False, None))
    assert judge("G12", [yes]).status == "met"
    assert judge("G12", [yes, no, unknown]).status == "not_met"
    assert judge("G12", [yes, unknown]).status == "undetermined"
    assert judge("G12", [yes, unknown]).value is None


def test_what_is_unknown_matters_only_where_it_can_decide() -> None:
    item = with_params("G12", share_at_least=Fraction("0.5"))
    yes, no, unknown = (TeacherCertificate(str(n), n) for n in (True, False, None))
    check = items.check_of(item)
    assert check(item, [yes, yes, unknown], ()).status == "met"
    assert check(item, [yes, no, unknown], ()).status == "undetermined"
    assert check(item, [no, no, unknown], ()).status == "not_met"


# G11 rotation


@pytest.mark.parametrize(
    ("exchanged", "backbone", "status", "shares"),
    [
        (92, 20, "met", (10.8235, 21.7391)),
        (92, 18, "not_met", (10.8235, 19.5652)),
        (85, 17, "met", (10.0, 20.0)),
        (84, 20, "not_met", (9.8824, 23.8095)),
    ],
)
def test_rotation(exchanged: int, backbone: int, status: str, shares: tuple[float, float]) -> None:
    result = judge("G11", RotationYear(850, exchanged, backbone))
    found = tuple(round(float(f.value or 0) * 100, 4) for f in result.figures)
    assert (result.status, found) == (status, shares)


def test_a_figure_in_the_way_is_shown_with_its_limit() -> None:
    short, missing = (
        [str(obstacle.reason) for obstacle in judge("G11", year).obstacles]
        for year in (RotationYear(850, 84, 20), RotationYear(850, 92, None))
    )
    assert short == ["Exchanged among the eligible: 0.0988, the limit is 0.1."]
    assert missing == ["Backbone teachers: figures are missing."]


def test_rotation_denominator_is_a_rule() -> None:
    item = with_params("G11", backbone_of="eligible")
    year = RotationYear(850, 92, 18, backbone_eligible=90)
    assert items.check_of(item)(item, year, ()).figures[1].value == Fraction(1, 5)
    assert items.check_of(item)(item, replace(year, backbone_eligible=None), ()).status == (
        "undetermined"
    )


@pytest.mark.parametrize(
    ("year", "status"),
    [
        (RotationYear(0, 0, 0), "undetermined"),
        (RotationYear(850, 0, 0), "not_met"),
        (RotationYear(850, 92, None), "undetermined"),
        (RotationYear(850, 84, None), "not_met"),
    ],
)
def test_rotation_with_gaps(year: RotationYear, status: str) -> None:
    assert judge("G11", year).status == status


# G13 nearby enrolment


def zone(unit_id: str, n_zone: int | None, **changes: Any) -> ZoneEnrolment:
    unit = ZoneEnrolment(unit_id, "junior", 100, n_zone, True, True, False)
    return replace(unit, **changes)


def test_nearby_enrolment_of_the_county() -> None:
    assert judge("G13", [zone("a", 100), zone("b", 90)]).status == "met"
    short = judge("G13", [zone("a", 99), zone("b", 90)])
    assert (short.status, short.value) == ("not_met", Fraction(189, 200))
    assert [o.subject for o in short.obstacles] == ["b"]
    primary = zone("c", 99, stage="primary")
    assert judge("G13", [zone("a", 100), primary]).status == "not_met"


def test_nearby_enrolment_of_every_school() -> None:
    item = with_params("G13", scope="school")
    result = items.check_of(item)(item, [zone("a", 100), zone("b", 90)], ())
    assert (result.status, result.value) == ("not_met", Fraction(1, 2))


@pytest.mark.parametrize(
    "change", [{"is_boarding": True}, {"is_public": False}, {"is_urban_or_town": False}]
)
def test_nearby_enrolment_leaves_schools_out(change: dict[str, bool]) -> None:
    assert judge("G13", [zone("a", 95), zone("b", 0, **change)]).status == "met"
    assert judge("G13", [zone("b", 0, **change)]).status == "met"


def test_nearby_enrolment_with_gaps() -> None:
    assert judge("G13", [zone("a", 99), zone("b", None)]).status == "undetermined"
    assert judge("G13", [zone("a", 80), zone("b", None)]).status == "not_met"
    assert judge("G13", [zone("a", 100), zone("b", None, pupils=5)]).status == "met"
    assert judge("G13", []).status == "undetermined"


# Q1, Q2, Q4, Q9 quality


def test_retention() -> None:
    cohort = JuniorCohort(entered=505, graduates=480, moved_in=12, moved_out=20, deaths=1)
    result = judge("Q1", cohort)
    assert (result.status, result.value) == ("met", Fraction(488, 504))
    assert round(float(result.value or 0), 6) == 0.968254
    assert judge("Q1", replace(cohort, graduates=470)).status == "not_met"
    assert judge("Q1", replace(cohort, deaths=None)).status == "undetermined"
    assert judge("Q1", JuniorCohort(0, 0, 0, 0, 0)).status == "undetermined"


@pytest.mark.parametrize(
    ("children", "status"),
    [
        (DisabledChildren(100, 40, 50, 5), "met"),
        (DisabledChildren(100, 40, 50, 4), "not_met"),
        (DisabledChildren(100, 40, 50, None), "undetermined"),
    ],
)
def test_disabled_enrolment(children: DisabledChildren, status: str) -> None:
    assert judge("Q2", children).status == status


@pytest.mark.parametrize(
    ("budget", "training", "status"),
    [(200_000, 10_000, "met"), (200_000, 9_999, "not_met"), (0, 0, "undetermined")],
)
def test_training_funds(budget: int, training: int, status: str) -> None:
    row = TrainingFunds("A", Fraction(budget), Fraction(training))
    assert judge("Q4", [row]).status == status


@pytest.mark.parametrize(
    ("level", "rate", "status"),
    [
        (3, "0.1499", "met"),
        (4, "0.12", "met"),
        (2, "0.12", "not_met"),
        (3, "0.15", "not_met"),
        (None, "0.12", "undetermined"),
        (None, "0.2", "not_met"),
        (3, None, "undetermined"),
    ],
)
def test_monitoring(level: int | None, rate: str | None, status: str) -> None:
    given_rate = None if rate is None else Fraction(rate)
    rows = [SubjectResult("语文", 4, Fraction("0.1")), SubjectResult("数学", level, given_rate)]
    assert judge("Q9", rows).status == status


def test_a_subject_in_the_way_says_what_is_asked() -> None:
    low, open_level, open_rate = (
        str(judge("Q9", [subject]).obstacles[0].reason)
        for subject in (
            SubjectResult("数学", 2, Fraction("0.1")),
            SubjectResult("数学", None, Fraction("0.1")),
            SubjectResult("数学", 3, None),
        )
    )
    assert low == ("Level 2, difference rate 0.1; asked are level 3 and a rate below 0.15.")
    assert open_level == open_rate == "The level or the difference rate is missing."


def test_monitoring_scale_can_be_turned() -> None:
    item = with_params("Q9", best_level=1)
    check = items.check_of(item)
    good, bad = (SubjectResult("语文", level, Fraction("0.1")) for level in (1, 4))
    assert check(item, [good], ()).status == "met"
    assert check(item, [replace(good, level=3)], ()).status == "met"
    assert check(item, [bad], ()).status == "not_met"


@pytest.mark.parametrize("text", ["0.12", "12%", "12 %", "12％", " 12.0 % "])
def test_difference_rate_in_both_spellings(text: str) -> None:
    assert difference_rate(text) == Fraction("0.12")


def test_a_difference_rate_can_be_the_whole() -> None:
    assert difference_rate("1") == difference_rate("100%") == 1


@pytest.mark.parametrize("text", ["12", "1.01", "101%", "-0.1", "", "%", "a", "0.1.2", "1e-1"])
def test_difference_rate_refuses_the_rest(text: str) -> None:
    with pytest.raises(DataError):
        difference_rate(text)


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

"""Items of schools that data decide: rooms, sizes, money, teachers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from tests.engine.standard.judged import IN_FORCE, TODAY, areas, judge, with_params

from junheng.engine.standard import items, rulebook
from junheng.engine.standard.county_items import (
    SpecialSchoolFunding,
)
from junheng.engine.standard.school_items import (
    ClassBand,
    SchoolClass,
    SchoolFunding,
    SchoolRooms,
    SchoolSize,
    TeacherCertificate,
    TeacherTraining,
    hours_in_window,
)


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

"""Items of a county that data decide: entered figures, rotation, enrolment, quality."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.engine.standard.judged import judge, with_params, zone

from junheng.engine.standard import items
from junheng.engine.standard.county_items import (
    DisabledChildren,
    JuniorCohort,
    RotationYear,
    SubjectResult,
    difference_rate,
)
from junheng.engine.standard.school_items import (
    TrainingFunds,
)
from junheng.errors import DataError

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

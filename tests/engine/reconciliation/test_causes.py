"""Why two figures of one cell differ: worked by hand from the standard (教督〔2017〕6号)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.engine.reconciliation.causes import (
    CellBasis,
    CoefficientBasis,
    Found,
    TheirBasis,
    Theirs,
    of_cell,
    of_coefficient,
)

NOTHING = Fraction(0)
SAYS_NO_MORE = TheirBasis({}, None)


def rooms(pupils: int = 800, threshold: str = "4.5") -> CellBasis:
    """A primary unit: 3 600 m2 of which 160 m2 are indoor sport: 3 440 / 800 = 4.3."""
    return CellBasis(
        per=1,
        terms=(("teaching_area_m2", 1), ("indoor_sport_area_m2", -1)),
        facts={"teaching_area_m2": Fraction(3600), "indoor_sport_area_m2": Fraction(160)},
        pupils=pupils,
        threshold=Fraction(threshold),
    )


def says(text: str, is_met: bool | None = None) -> Theirs:
    return Theirs(Fraction(text), len(text.partition(".")[2]), is_met)


def test_the_printed_value_agrees() -> None:
    assert of_cell(rooms(), says("4.30", False), SAYS_NO_MORE, NOTHING) is None


def test_digits_of_a_double_are_not_a_difference() -> None:
    ours = rooms(pupils=700)
    assert of_cell(ours, says(repr(3440 / 700)), SAYS_NO_MORE, NOTHING) is None


def test_a_source_figure_is_named() -> None:
    told = TheirBasis({"teaching_area_m2": Fraction(3760)}, 800)
    found = of_cell(rooms(), says("4.50"), told, NOTHING)
    assert found == Found("source_figure", ("teaching_area_m2",))


def test_other_enrolment() -> None:
    found = of_cell(rooms(), says("4.00"), TheirBasis({}, 860), NOTHING)
    assert found == Found("other_enrolment")


def test_both_only_together() -> None:
    told = TheirBasis({"teaching_area_m2": Fraction(3760)}, 900)
    found = of_cell(rooms(), says("4.00"), told, NOTHING)
    assert found == Found("source_figure_and_enrolment", ("teaching_area_m2",))


def test_a_cause_that_does_not_account_for_the_figure_is_not_named() -> None:
    found = of_cell(rooms(), says("5.00"), TheirBasis({}, 860), NOTHING)
    assert found == Found("unexplained")


def test_rounding_turns_a_verdict() -> None:
    """4.196 against 4.2 is not met, printed as 4.20 it is."""
    ours = CellBasis(100, (("teachers", 1),), {"teachers": Fraction(1049)}, 25000, Fraction("4.2"))
    found = of_cell(ours, says("4.20", True), SAYS_NO_MORE, NOTHING)
    assert found == Found("rounding", is_verdict_alone=True)


def test_another_threshold_turns_a_verdict() -> None:
    found = of_cell(rooms(), says("4.30", True), SAYS_NO_MORE, NOTHING)
    assert found == Found("other_limit", is_verdict_alone=True)


def test_one_side_has_no_figure() -> None:
    blank = Theirs(None, 0, None)
    ours_blank = CellBasis(1, (("books", 1),), {"books": None}, 800, None)
    assert of_cell(rooms(), blank, SAYS_NO_MORE, NOTHING) == Found("missing_there")
    assert of_cell(ours_blank, says("4"), SAYS_NO_MORE, NOTHING) == Found("missing_here")
    assert of_cell(ours_blank, blank, SAYS_NO_MORE, NOTHING) is None


def test_a_tolerance_lets_a_figure_pass() -> None:
    assert of_cell(rooms(), says("4.32"), SAYS_NO_MORE, Fraction("0.02")) is None


# The published example: five primary schools and their books; its coefficient is 0.515257.
PUPILS = (45, 37, 89, 76, 55)
BOOKS = (279, 137, 935, 160, 402)


def books(*, has_differing_cells: bool = False) -> CoefficientBasis:
    values = [Fraction(b, p) for b, p in zip(BOOKS, PUPILS, strict=True)]
    return CoefficientBasis(values, PUPILS, Fraction("0.5"), False, has_differing_cells)


@pytest.mark.parametrize("printed", ["0.515257", "0.515", "0.52"])
def test_the_published_coefficient_agrees(printed: str) -> None:
    assert of_coefficient(books(), says(printed, False), NOTHING) is None


@pytest.mark.parametrize("wrong", ["0.488771", "0.489", "0.546462"])
def test_a_formula_without_weights_is_recognised(wrong: str) -> None:
    assert of_coefficient(books(), says(wrong), NOTHING) == Found("other_method")


def test_a_coefficient_follows_from_its_cells() -> None:
    found = of_coefficient(books(has_differing_cells=True), says("0.600"), NOTHING)
    assert found == Found("follows_from_cells")
    assert of_coefficient(books(), says("0.600"), NOTHING) == Found("unexplained")


def test_another_limit_turns_the_verdict_of_a_coefficient() -> None:
    found = of_coefficient(books(), says("0.515", True), NOTHING)
    assert found == Found("other_limit", is_verdict_alone=True)

"""Numbers as text: what is accepted and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.store.numbers import is_damaged_identifier, is_decimal, parse_decimal

ACCEPTED = {
    "0": Fraction(0),
    "007": Fraction(7),
    "4.2": Fraction(21, 5),
    "-3.50": Fraction(-7, 2),
    "+12": Fraction(12),
    ".5": Fraction(1, 2),
    "5.": Fraction(5),
    "1.5e-05": Fraction(3, 200000),
    "1E+3": Fraction(1000),
    "１２．５": Fraction(25, 2),
    "－８": Fraction(-8),
    "−8": Fraction(-8),
}
REFUSED = [
    "",
    ".",
    "-",
    "1,000",
    "1，000",
    "1 000",
    "1_000",
    "12人",
    "664 m2",
    "1.2.3",
    "--1",
    "1e",
    "e5",
    "1e5.5",
    "0x10",
    "NaN",
    "inf",
    "約5",
    "½",
    "五",
    "٣",
    "1e9999",
]


@pytest.mark.parametrize(("text", "number"), ACCEPTED.items())
def test_accepted(text: str, number: Fraction) -> None:
    assert parse_decimal(text) == number


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    assert parse_decimal(text) is None


@given(st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,2})?", fullmatch=True))
def test_any_plain_number_is_exact(text: str) -> None:
    assert parse_decimal(text) == Fraction(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_programs_print_for_a_float_is_read(number: float) -> None:
    assert parse_decimal(repr(number)) == Fraction(repr(number))


@given(st.text(st.sampled_from("019.+-eE０９．－−, 人_\n"), max_size=8))
def test_a_text_is_a_number_exactly_when_it_can_be_read(text: str) -> None:
    assert is_decimal(text) == (parse_decimal(text) is not None)


@pytest.mark.parametrize("text", ["1.2E+17", "1.1010120150101E+17", "1e+17", "４.5E+11"])
def test_identifiers_damaged_by_a_spreadsheet(text: str) -> None:
    assert is_damaged_identifier(text)


@pytest.mark.parametrize("text", ["3101012015", "E17", "1.2", "99010120150101001X", "1E-05"])
def test_identifiers_that_are_whole(text: str) -> None:
    assert not is_damaged_identifier(text)

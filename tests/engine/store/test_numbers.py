"""Numbers as text: what is accepted, what is refused, and that the SQL rule agrees."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.engine.store.numbers import (
    decimal_sql,
    is_damaged_identifier,
    is_decimal,
    parse_decimal,
)

if TYPE_CHECKING:
    from junheng.engine.store.session import Session

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


def sql_answers(session: Session, texts: list[str]) -> list[str | None]:
    session.load("t", {"n": list(range(len(texts))), "c": texts})
    rows = session.rows(f"SELECT {decimal_sql('c')} FROM t ORDER BY n")
    return [None if row[0] is None else str(row[0]) for row in rows]


def test_the_sql_rule_gives_the_same_numbers(session: Session) -> None:
    texts = [*ACCEPTED, *REFUSED]
    answers = sql_answers(session, texts)
    assert [None if a is None else Fraction(a) for a in answers] == list(map(parse_decimal, texts))


@settings(deadline=None)
@given(texts=st.lists(st.text(st.sampled_from("019.+-eE０９．－−, 人_\n"), max_size=8), min_size=1))
def test_the_sql_rule_agrees_on_anything(kept_session: Session, texts: list[str]) -> None:
    answers = sql_answers(kept_session, texts)
    assert [answer is not None for answer in answers] == list(map(is_decimal, texts))


@pytest.mark.parametrize("text", ["1.2E+17", "1.1010120150101E+17", "1e+17", "４.5E+11"])
def test_identifiers_damaged_by_a_spreadsheet(text: str) -> None:
    assert is_damaged_identifier(text)


@pytest.mark.parametrize("text", ["3101012015", "E17", "1.2", "99010120150101001X", "1E-05"])
def test_identifiers_that_are_whole(text: str) -> None:
    assert not is_damaged_identifier(text)

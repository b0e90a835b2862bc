"""Identity numbers, register numbers, school identifiers and credit codes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.identifiers import (
    credit_code,
    document_number,
    identity_birth_date,
    identity_check,
    identity_number,
    identity_sex,
    register_number,
    school_id,
)

# GB 11643: first 17 digits, their check character.
GOLDEN = [
    ("11010519491231002", "X"),
    ("44010319980808123", "5"),
    ("99010120150301001", "9"),
    ("99010120150301002", "7"),
]


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    birth = draw(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
    first17 = f"99{draw(st.integers(0, 9999)):04d}{birth:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + identity_check(first17)


@pytest.mark.parametrize(("first17", "check"), GOLDEN)
def test_check_character(first17: str, check: str) -> None:
    assert identity_check(first17) == check
    simulated = first17.startswith("99")
    assert identity_number(first17 + check, is_simulated=simulated) == first17 + check


@given(identity_numbers())
def test_every_number_made_by_the_rule_passes(number: str) -> None:
    assert identity_number(number, is_simulated=True) == number
    assert register_number("G" + number, is_simulated=True) == "G" + number


@given(identity_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, shift: int) -> None:
    digit = str((int(number[place]) + shift) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    assert isinstance(identity_number(wrong, is_simulated=True), Problem)


@given(identity_numbers())
def test_small_letters_and_full_width_digits_are_accepted(number: str) -> None:
    wide = number.lower().translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert identity_number(wide, is_simulated=True) == number


def test_simulated_people_stay_in_simulated_bureaus() -> None:
    real, simulated = "11010519491231002X", "990101201503010019"
    assert "99" in str(problem(identity_number(real, is_simulated=True)).found)
    assert "invented" in str(problem(identity_number(simulated, is_simulated=False)).found)
    assert "invented" in str(problem(register_number("G" + simulated, is_simulated=False)).found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.10105194912310e+17", "rounded"),
        ("1.2E+17", "rounded"),
        ("990101201502300019", "no day"),
        ("99010120150301001", "17 characters"),
        ("990101201503010018", "check character"),
        ("X90101201503010019", "17 digits"),
    ],
)
def test_refused_with_the_reason(text: str, words: str) -> None:
    assert words in str(problem(identity_number(text, is_simulated=True)).found)


def test_digits_lost_to_a_spreadsheet_are_suspected() -> None:
    """A spreadsheet keeps 15 digits: the last three become zeros."""
    lost = problem(identity_number("110105194912310000", is_simulated=False))
    assert "as text" in str(lost.remedy)


def test_birth_date_and_sex() -> None:
    assert identity_birth_date("44010319980808123" + "5") == "1998-08-08"
    assert identity_sex("440103199808081235") == "1"
    assert identity_sex("990101201503010027") == "2"


def test_register_numbers() -> None:
    assert register_number("L990101201503011234", is_simulated=True) == "L990101201503011234"
    assert isinstance(register_number("J990101201503010018", is_simulated=True), Problem)
    assert isinstance(register_number("K990101201503010019", is_simulated=True), Problem)
    assert isinstance(register_number("990101201503010019", is_simulated=True), Problem)
    assert isinstance(register_number("L990101201513011234", is_simulated=True), Problem)


def test_school_identifiers() -> None:
    assert school_id("2153000123") == "2153000123"
    assert "province" in str(problem(school_id("2199000123")).found)
    assert "category" in str(problem(school_id("9953000123")).found)
    assert "10 digits" in str(problem(school_id("215300012")).found)


@pytest.mark.parametrize("code", ["12100000400000624D", "91350100M000100Y43"])
def test_credit_codes(code: str) -> None:
    assert credit_code(code.lower()) == code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert isinstance(credit_code(wrong), Problem)


def test_other_documents() -> None:
    assert document_number("e１2345678") == "E12345678"
    assert isinstance(document_number("E 1"), Problem)
    assert isinstance(document_number("1.2E+17"), Problem)


def problem(answer: str | Problem) -> Problem:
    assert isinstance(answer, Problem)
    return answer

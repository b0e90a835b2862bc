"""Days, months, yes and no, numbers, texts and codes as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.contracts import CodeList, checks
from junheng.engine.contracts.catalogue import load
from junheng.engine.contracts.checks import Coder, Problem

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(DAYS)
def test_every_form_of_a_day_means_the_same(day: date) -> None:
    forms = [
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day:%Y-%m-%d} 00:00:00",
    ]
    assert {checks.day(form) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    "text", ["2015-02-30", "2015-13-01", "15-03-01", "42064", "2015-03", "1/3/2015", "0015-03-01"]
)
def test_days_that_are_none_or_could_be_several(text: str) -> None:
    assert isinstance(checks.day(text), Problem)


def test_a_day_number_of_a_spreadsheet_is_named() -> None:
    answer = checks.day("42064")
    assert isinstance(answer, Problem)
    assert "as a date" in str(answer.remedy)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1998-09", "1998-09"),
        ("199809", "1998-09"),
        ("1998年9月", "1998-09"),
        ("1998/9", "1998-09"),
        ("1998.10", "1998-10"),
        ("1998-09-01 00:00:00", "1998-09"),
    ],
)
def test_months(text: str, month: str) -> None:
    assert checks.month(text) == month


def test_a_month_that_lost_its_zero_is_not_guessed() -> None:
    """1998.10 typed as a number comes back as 1998.1."""
    assert isinstance(checks.month("1998.1"), Problem)


@pytest.mark.parametrize("text", ["是", "1", "TRUE", "true", "１", "yes"])
def test_yes(text: str) -> None:
    assert checks.boolean(text) == "1"


@pytest.mark.parametrize("text", ["否", "0", "False", "no"])
def test_no(text: str) -> None:
    assert checks.boolean(text) == "0"


@pytest.mark.parametrize("text", ["不详", "2", "-"])
def test_neither_yes_nor_no(text: str) -> None:
    assert isinstance(checks.boolean(text), Problem)


@given(st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=6))
def test_numbers_keep_their_value(number: Decimal) -> None:
    plain = checks.decimal(f"{number:f}")
    assert isinstance(plain, str)
    assert Decimal(plain) == number
    assert checks.decimal(plain) == plain


@pytest.mark.parametrize("text", ["1,200", "7,382,11", "3.5万", "12 m2", "", "1e20", "0.0000001"])
def test_numbers_that_are_none(text: str) -> None:
    assert isinstance(checks.decimal(text), Problem)


def test_whole_numbers() -> None:
    assert checks.whole("5.0") == "5"
    assert isinstance(checks.whole("5.5"), Problem)


def test_texts_stay_on_one_line() -> None:
    assert checks.free_text("中心\r\n小学") == "中心 小学"
    assert isinstance(checks.free_text("字" * 501), Problem)


# --- codes ----------------------------------------------------------------------------------------

LISTS = load().code_lists


@pytest.mark.parametrize("codes", LISTS.values(), ids=lambda c: c.id)
def test_every_word_of_a_list_gives_its_code(codes: CodeList) -> None:
    coder = Coder(codes)
    for value in codes.values:
        for word in (value.code, value.name.zh, value.name.en, *value.synonyms):
            assert coder.code(word) == value.code
        assert coder.code(f"{value.code} {value.name.zh}") == value.code


def test_ethnicities_are_fifty_six() -> None:
    codes = [value.code for value in LISTS["ethnicity"].values]
    assert codes == [f"{n:02d}" for n in range(1, 57)]
    assert Coder(LISTS["ethnicity"]).code("1") == "01"
    assert Coder(LISTS["ethnicity"]).code("蒙古") == "02"


@pytest.mark.parametrize(
    ("list_id", "text", "code"),
    [
        ("education", "本科", "21"),
        ("education", "大专", "31"),
        ("school_kind", "九年一贯制学校", "312"),
        ("staff_category", "专任教师", "1"),
        ("subject", "体育与健康", "22"),
        ("subject", "美术", "25"),
        ("locality", "220", "220"),
    ],
)
def test_codes_of_the_standards(list_id: str, text: str, code: str) -> None:
    assert Coder(LISTS[list_id]).code(text) == code


def test_an_unknown_word_is_answered_with_near_ones() -> None:
    answer = Coder(LISTS["education"]).code("大学本科学历")
    assert isinstance(answer, Problem)
    assert "大学本科毕业" in str(answer.remedy)


def test_code_and_label_must_agree() -> None:
    assert Coder(LISTS["sex"]).code("1 男") == "1"
    assert isinstance(Coder(LISTS["sex"]).code("1 女"), Problem)

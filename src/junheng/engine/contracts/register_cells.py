"""What cells of register exports mean: grades, class numbers, days, amounts.

Each function returns None for a text that it cannot read; nothing is guessed.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from typing import TYPE_CHECKING

from junheng.engine.contracts import checks
from junheng.engine.store.numbers import is_decimal, narrow

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.contracts.register_mapping import SourceColumn

_NUMERALS = {sign: value for value, sign in enumerate("一二三四五六七八九十", start=1)}
_COHORT = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_GRADE = re.compile(r"([一二三四五六七八九]|[1-9])年级")
_YEAR_OF = re.compile(r"(初中|初|高中|高)([一二三四])(?:年级)?")
_CLASS = re.compile(r"(?<![0-9])([0-9]{1,2})[)）]?班?$")
_CLASS_IN_WORDS = re.compile(r"([一二三四五六七八九十]{1,3})[)）]?班$")
_STAGES = {"小学": "P", "初中": "J", "初级中学": "J", "高中": "S", "普通高中": "S"}
_FIRST_GRADES = {"P": 1, "J": 7, "S": 10}
_EXACT = Context(prec=200, traps=[Inexact])


def reading(column: SourceColumn, school_year: int) -> Callable[[str], str | None]:
    """Return the function that reads a cell of this column; a mapped value goes first."""
    parse = _PARSES.get(column.parse)

    def read(text: str) -> str | None:
        if text in column.missing:
            return ""
        if text in column.values:
            return column.values[text]
        if column.factor is not None:
            return multiplied(text, column.factor)
        return parse(text, school_year) if parse else text

    return read


def multiplied(text: str, factor: Decimal) -> str | None:
    """Return a number times a factor, exactly.

    >>> multiplied("12.345", Decimal(10000)), multiplied("1,2", Decimal(10000))
    ('123450', None)
    """
    if not is_decimal(text):
        return None
    product = _EXACT.multiply(Decimal(narrow(text)), factor)
    plain = f"{product:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def day(text: str, _: int = 0) -> str | None:
    """Return a day; a month stands for its first day.

    >>> day("2019年9月"), day("20190901"), day("2019")
    ('2019-09-01', '2019-09-01', None)
    """
    whole = checks.day(text)
    if isinstance(whole, str):
        return whole
    month = checks.month(text)
    return f"{month}-01" if isinstance(month, str) else None


def stage_letter(text: str, _: int = 0) -> str | None:
    """Return P, J or S for the stage of a grade; six years of primary are taken for granted.

    >>> stage_letter("三年级"), stage_letter("初中2024级"), stage_letter("2024级")
    ('P', 'J', None)
    """
    plain = narrow(text)
    for word, letter in _STAGES.items():
        if word in plain:
            return letter
    if year := _YEAR_OF.search(plain):
        return "J" if year[1].startswith("初") else "S"
    grade = _grade(plain)
    return None if grade is None else "P" if grade < _FIRST_GRADES["J"] else "J"


def entry_year(text: str, school_year: int) -> str | None:
    """Return the year in which a grade entered its stage.

    >>> entry_year("小学2021级", 2025), entry_year("三年级", 2025), entry_year("初二", 2025)
    ('2021', '2023', '2024')
    """
    plain = narrow(text)
    if cohort := _COHORT.search(plain):
        return cohort[0]
    if year := _YEAR_OF.search(plain):
        return str(school_year - _NUMERALS[year[2]] + 1)
    grade, letter = _grade(plain), stage_letter(plain)
    if grade is None or letter is None:
        return None
    first = _FIRST_GRADES["J"] if grade >= _FIRST_GRADES["J"] else 1
    return str(school_year - (grade - first))


def class_number(text: str, _: int = 0) -> str | None:
    """Return the number of a class with two digits.

    >>> class_number("2021级(3)班"), class_number("十二班"), class_number("1903班")
    ('03', '12', None)
    """
    plain = "".join(narrow(text).split())
    if found := _CLASS.search(plain):
        return f"{int(found[1]):02d}" if int(found[1]) else None
    if words := _CLASS_IN_WORDS.search(plain):
        tens, is_ten, ones = words[1].rpartition("十")
        if len(ones) <= 1 and len(tens) <= 1:
            number = _NUMERALS.get(ones, 0) + (10 * _NUMERALS.get(tens, 1) if is_ten else 0)
            return f"{number:02d}"
    return None


def _grade(text: str) -> int | None:
    found = _GRADE.search(text)
    if found is None:
        return None
    return _NUMERALS.get(found[1]) or int(found[1])


_PARSES: dict[str, Callable[[str, int], str | None]] = {
    "day": day,
    "entry_year": entry_year,
    "stage_letter": stage_letter,
    "class_number": class_number,
}

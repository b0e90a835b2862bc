"""One value at a time: what people type, brought to its one form, or the reason why not.

Every function takes the trimmed text of a cell and returns the canonical text or a `Problem`.
Nothing is guessed: what could mean two things is refused with a way out.

Source of the forms of days and months: GB/T 7408.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from junheng.engine.store.numbers import is_damaged_identifier, is_decimal, narrow
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.contracts.records import CodeList
    from junheng.i18n import Message

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

MAX_TEXT = 500
MAX_WHOLE_DIGITS, MAX_DECIMALS = 15, 6

YES = frozenset({"1", "是", "有", "true", "yes", "y", "√"})
NO = frozenset({"0", "否", "无", "false", "no", "n", "×"})

_DAY_FORMS = tuple(
    re.compile(form + r"(?:[ T]00:00(?::00(?:\.0+)?)?)?")
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_MONTH_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})",
        # 2015.1 may be what a spreadsheet left of 2015.10: a point needs both digits.
        r"(?P<y>\d{4})\.(?P<m>\d{2})",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月",
        r"(?P<y>\d{4})(?P<m>\d{2})",
    )
)
CONTROL = r"[\x00-\x1f\x7f]"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Signs with which spreadsheets let a formula begin, in both widths."""
_CONTROL = re.compile(rf"\s*{CONTROL}\s*")
_CODE_AND_LABEL = re.compile(r"(?P<code>[0-9A-Za-z_]+)\s*[-—:：、.\s]\s*(?P<label>.+)")


@dataclass(frozen=True)
class Problem:
    """Why a value is refused, and what to write instead."""

    found: Message
    remedy: Message


DAMAGED = Problem(
    say("The spreadsheet has turned this number into a rounded one; its last digits are lost."),
    say("Format the column as text and enter the number again."),
)
DAY_WANTED = say("Write the day as 2015-03-01.")
MONTH_WANTED = say("Write the month as 2015-03.")


# --- days, months, yes and no ---------------------------------------------------------------------


def day(text: str) -> str | Problem:
    """Return a day as 2015-03-01 from the forms in which people write it.

    >>> day("2015年3月1日"), day("20150301"), day("2015/3/1")
    ('2015-03-01', '2015-03-01', '2015-03-01')
    """
    plain = narrow(text)
    for form in _DAY_FORMS:
        if parts := form.fullmatch(plain):
            found = calendar_day(int(parts["y"]), int(parts["m"]), int(parts["d"]))
            if found is None:
                return Problem(say("“{value}” is no day of the calendar.", value=text), DAY_WANTED)
            return found.isoformat()
    if re.fullmatch("[0-9]{5}", plain, re.ASCII):
        return Problem(
            say("“{value}” is a spreadsheet's day number.", value=text),
            say("Format the column as a date."),
        )
    return Problem(say("“{value}” is not a day.", value=text), DAY_WANTED)


def month(text: str) -> str | Problem:
    """Return a month as 2015-03; a whole day gives its month.

    >>> month("201503"), month("1998年9月"), month("1998-09-01 00:00:00")
    ('2015-03', '1998-09', '1998-09')
    """
    plain = narrow(text)
    for form in _MONTH_FORMS:
        if parts := form.fullmatch(plain):
            first = calendar_day(int(parts["y"]), int(parts["m"]), 1)
            if first is not None:
                return first.isoformat()[:7]
    whole = day(text)
    if isinstance(whole, str):
        return whole[:7]
    return Problem(say("“{value}” is not a month.", value=text), MONTH_WANTED)


def boolean(text: str) -> str | Problem:
    """Return "1" for yes and "0" for no.

    >>> boolean("是"), boolean("FALSE")
    ('1', '0')
    """
    word = narrow(text).casefold()
    if word in YES:
        return "1"
    if word in NO:
        return "0"
    return Problem(say("“{value}” is neither yes nor no.", value=text), say("Write yes or no."))


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the years 1900 to 2100, or None when there is no such day."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- numbers, texts, codes ------------------------------------------------------------------------


def decimal(text: str) -> str | Problem:
    """Return a number in its shortest plain form.

    >>> decimal("０12.50"), decimal("1.5e3"), decimal("-0")
    ('12.5', '1500', '0')
    """
    plain = narrow(text)
    if not is_decimal(plain):
        return _no_number(text)
    number = Decimal(plain)
    if number.is_zero():
        return "0"
    if number.adjusted() >= MAX_WHOLE_DIGITS or number.adjusted() < -MAX_DECIMALS:
        return _too_long(text)
    whole, _, decimals = f"{number:f}".partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) > MAX_DECIMALS:
        return _too_long(text)
    return f"{whole}.{decimals}" if decimals else whole


def whole(text: str) -> str | Problem:
    """Return a whole number without leading zeros; 5.0 is 5.

    >>> whole("007"), whole("5.0")
    ('7', '5')
    """
    number = decimal(text)
    if isinstance(number, str) and "." in number:
        found = say("“{value}” is not a whole number.", value=text)
        return Problem(found, say("Write it without decimals."))
    return number


def shaped_text(text: str, pattern: str, example: str) -> str | Problem:
    """Return a text of a fixed shape, full-width digits made plain; `example` shows the shape.

    >>> shaped_text("０１", "[0-9]{2}", "01")
    '01'
    """
    if is_damaged_identifier(text):
        return DAMAGED
    plain = narrow(text)
    if re.fullmatch(pattern, plain, re.ASCII):
        return plain
    found = say("“{value}” does not have the form of this field.", value=text)
    return Problem(found, say("Write it like {example}.", example=example))


def free_text(text: str) -> str | Problem:
    """Return a text on one line: line breaks and other control characters become a blank.

    >>> free_text("中心\\n小学")
    '中心 小学'
    """
    line = unquoted(_CONTROL.sub(" ", text).strip())
    if 0 < len(line) <= MAX_TEXT:
        return line
    if not line:
        return Problem(say("holds nothing that can be read."), say("Fill in the cell."))
    found = say("The text has {n} characters, more than {most}.", n=len(line), most=MAX_TEXT)
    return Problem(found, say("Shorten it."))


def formula_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula when it opens a CSV file.

    >>> formula_safe("=1+1"), formula_safe("-"), formula_safe("中心小学")
    ("'=1+1", "'-", '中心小学')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def unquoted(text: str) -> str:
    """Return a text without the quote that `formula_safe` put before it.

    >>> unquoted("'=1+1"), unquoted("'s")
    ('=1+1', "'s")
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


class Coder:
    """Finds codes of one list by code, Chinese or English label, or synonym."""

    def __init__(self, codes: CodeList) -> None:
        self.codes = codes
        self._by_word = {
            _word(word): value.code
            for value in codes.values
            for word in (value.code, value.name.zh, value.name.en, *value.synonyms)
        }
        lengths = {len(value.code) for value in codes.values}
        self._width = lengths.pop() if len(lengths) == 1 else 0

    def code(self, text: str) -> str | Problem:
        """Return the code that a text means; “11 label” counts when both name the same code."""
        found = self._by_word.get(_word(text)) or self._padded(text) or self._named_twice(text)
        return found or Problem(
            say("“{value}” is not a code of the list “{list}”.", value=text, list=self._name()),
            self._remedy(text),
        )

    def _padded(self, text: str) -> str | None:
        """Return the code of which a spreadsheet has cut off the leading zero (1 for 01)."""
        plain = narrow(text)
        return self._by_word.get(plain.zfill(self._width)) if plain.isascii() else None

    def _named_twice(self, text: str) -> str | None:
        parts = _CODE_AND_LABEL.fullmatch(text)
        if parts is None:
            return None
        code = self._by_word.get(_word(parts["code"]))
        return code if code and code == self._by_word.get(_word(parts["label"])) else None

    def _remedy(self, text: str) -> Message:
        from difflib import get_close_matches

        labels = [value.name.zh for value in self.codes.values]
        near = get_close_matches(text, labels, n=3, cutoff=0.5) or labels[:8]
        return say("Choose from the list, for example: {labels}.", labels="、".join(near))

    def _name(self) -> str:
        return self.codes.name.zh


def _word(text: str) -> str:
    folded = narrow(text).casefold().replace("（", "(").replace("）", ")")
    return "".join(folded.split())


def _no_number(text: str) -> Problem:
    return Problem(
        say("“{value}” is not a number.", value=text),
        say("Write digits and at most one decimal point, without unit and separators."),
    )


def _too_long(text: str) -> Problem:
    return Problem(
        say("“{value}” has more digits than any figure of a school.", value=text),
        say(
            "Write at most {whole} digits before and {decimals} after the point.",
            whole=MAX_WHOLE_DIGITS,
            decimals=MAX_DECIMALS,
        ),
    )

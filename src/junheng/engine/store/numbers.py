"""Numbers as people write them, read exactly.

Accepted: a sign, digits, one decimal point, an exponent as programs print it (1.5e-05), full-width
digits and signs as Chinese keyboards give them. Refused, and never guessed at: thousands
separators, units, blanks inside, anything else.
"""

from __future__ import annotations

import re
from fractions import Fraction

_WIDE = "０１２３４５６７８９．＋－−Ｅｅ"
_NARROW = "0123456789.+--Ee"
_TO_NARROW = str.maketrans(_WIDE, _NARROW)
_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([Ee][+-]?[0-9]{1,3})?"
_IS_DECIMAL = re.compile(_DECIMAL)
_DAMAGED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}")


def narrow(text: str) -> str:
    """Return the text with full-width digits, points and signs made plain.

    >>> narrow("－１２．５")
    '-12.5'
    """
    return text.translate(_TO_NARROW)


def is_decimal(text: str) -> bool:
    """Whether the text is a number by the rule of this module."""
    return _IS_DECIMAL.fullmatch(narrow(text)) is not None


def parse_decimal(text: str) -> Fraction | None:
    """Return the number exactly as written, or None when the text is no number.

    >>> parse_decimal("０.10")
    Fraction(1, 10)
    >>> parse_decimal("1,000") is None
    True
    """
    plain = narrow(text)
    return Fraction(plain) if _IS_DECIMAL.fullmatch(plain) else None


def is_damaged_identifier(text: str) -> bool:
    """Whether a spreadsheet has turned a long identifier into a rounded number (1.2E+17).

    >>> is_damaged_identifier("1.1010120150101E+17"), is_damaged_identifier("G110")
    (True, False)
    """
    return _DAMAGED.fullmatch(narrow(text)) is not None

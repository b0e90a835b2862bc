"""How numbers are written: fixed decimals, thin spaces in thousands, halves rounded up.

Decisions never look at these texts; the unrounded value is in the working.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template

register = template.Library()

ABSENT = "–"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

Number = int | float | Decimal | Fraction


def as_fraction(value: Number) -> Fraction:
    """Return `value` exactly as it prints: a float stands for its shortest decimal."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def grouped(digits: str) -> str:
    """Put thin spaces between thousands.

    >>> grouped("1234567").replace(THIN_SPACE, " ")
    '1 234 567'
    """
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    groups += [digits[at : at + 3] for at in range(head, len(digits), 3)]
    return THIN_SPACE.join(groups)


@register.filter
def decimals(value: Number | None, places: int | str = 2) -> str:
    """Write `value` with exactly `places` decimals; a dash where there is none.

    `places` may be text: so it arrives when a component's attribute is written without a colon.

    >>> decimals(4.195)
    '4.20'
    """
    if value is None or value == "":
        return ABSENT
    exact, n_places = as_fraction(value), int(places)
    units = int(abs(exact) * 10**n_places + Fraction(1, 2))
    before, after = divmod(units, 10**n_places)
    sign = MINUS if exact < 0 and units else ""
    fraction = f".{after:0{n_places}d}" if n_places else ""
    return f"{sign}{grouped(str(before))}{fraction}"


@register.filter
def whole(value: Number | None) -> str:
    """Write a count.

    >>> whole(77332).replace(THIN_SPACE, " ")
    '77 332'
    """
    return decimals(value, 0)


@register.filter
def percent(value: Number | None, places: int = 1) -> str:
    """Write a share (0 to 1) as a percentage.

    >>> percent(0.86)
    '86.0%'
    """
    if value is None or value == "":
        return ABSENT
    return decimals(as_fraction(value) * 100, places) + "%"


@register.filter
def plain(value: Number | None) -> str:
    """Write `value` in full, as it was computed; a fraction with both its terms.

    >>> plain(Fraction(1, 3))
    '1/3 ≈ 0.333333333333333'
    """
    if value is None:
        return ABSENT
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{value.numerator}/{value.denominator} ≈ {float(value):.15g}"
    return str(value)


@register.filter
def signed(value: Number | None, places: int = 2) -> str:
    """Write a change with its sign.

    >>> signed(0.5, 1)
    '+0.5'
    """
    text = decimals(value, places)
    return f"+{text}" if value is not None and value > 0 else text

"""Figures, messages and faults as JSON: stored once, shown in the language of whoever reads."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from junheng.errors import Fault
from junheng.i18n import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.i18n import Renderable

Stored = dict[str, Any]

MOST_DECIMALS = 12
"""A figure with more decimals is written as a fraction."""
MILLION = 10**6


def exact_text(value: Fraction) -> str:
    """Return a fraction that came from a decimal as that decimal, without exponent.

    >>> from fractions import Fraction
    >>> exact_text(Fraction(12345, 100)), exact_text(Fraction(7))
    ('123.45', '7')
    """
    with localcontext() as context:
        context.prec = 60
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        return format(decimal, "f")


def ends(value: Fraction) -> bool:
    """Whether the decimals of a fraction come to an end within a line."""
    return int(10**MOST_DECIMALS) % value.denominator == 0


def figure_text(value: Fraction) -> str:
    """Return a fraction exactly: as a decimal, or as `7/3` where the decimals do not end.

    >>> figure_text(Fraction(5, 4)), figure_text(Fraction(7, 3))
    ('1.25', '7/3')
    """
    return exact_text(value) if ends(value) else f"{value.numerator}/{value.denominator}"


def decimal_text(figure: str) -> str:
    """Return a stored figure as a decimal: a fraction to six decimals, a decimal as it is.

    >>> decimal_text("12.50"), decimal_text("7/3")
    ('12.50', '2.333333')
    """
    if "/" not in figure:
        return figure
    return exact_text(Fraction(round(Fraction(figure) * MILLION), MILLION))


def message_to_json(message: Message) -> Stored:
    """Return a message as plain JSON; parameters that JSON does not know become text."""
    return {
        "template": message.template,
        "params": {name: _param(value) for name, value in message.params.items()},
    }


def message_from_json(stored: Mapping[str, Any]) -> Message:
    """Return the message that `message_to_json` stored."""
    params = {
        name: message_from_json(value) if isinstance(value, dict) else value
        for name, value in stored["params"].items()
    }
    return Message(stored["template"], params)


def notice_to_json(notice: Renderable) -> Stored:
    """Return a warning as plain JSON: a message, or a fault with its place."""
    if isinstance(notice, Fault):
        return {"fault": fault_to_json(notice)}
    if isinstance(notice, Message):
        return message_to_json(notice)
    return message_to_json(Message("{text}", {"text": notice.render()}))


def notice_from_json(stored: Mapping[str, Any]) -> Renderable:
    """Return the warning that `notice_to_json` stored."""
    return fault_from_json(stored["fault"]) if "fault" in stored else message_from_json(stored)


def fault_to_json(fault: Fault) -> Stored:
    """Return a fault with its place as plain JSON."""
    return {
        "found": message_to_json(fault.found),
        "remedy": message_to_json(fault.remedy),
        "source": fault.source,
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
    }


def fault_from_json(stored: Mapping[str, Any]) -> Fault:
    """Return the fault that `fault_to_json` stored."""
    return Fault(
        message_from_json(stored["found"]),
        message_from_json(stored["remedy"]),
        source=stored["source"],
        sheet=stored["sheet"],
        row=stored["row"],
        column=stored["column"],
    )


def _param(value: object) -> object:
    if isinstance(value, Message):
        return message_to_json(value)
    return value if isinstance(value, str | int | float | None) else str(value)

"""Refusing a file: one fault, with its place and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.store.limits import MAX_FAULTS
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.i18n import Message


def refused(
    source: str,
    found: Message,
    remedy: Message,
    *,
    sheet: str = "",
    row: int | None = None,
    column: str = "",
) -> TableFaults:
    """Return the error of a table with one fault, to be raised."""
    return TableFaults([Fault(found, remedy, source, sheet, row, column)])


def unclosed_quotation(source: str, row: int) -> TableFaults:
    """Return the error of a text whose quotation marks do not come in pairs, to be raised."""
    return refused(
        source,
        say("a quotation mark is opened and not closed as CSV wants it."),
        say('Close it, and write a quotation mark inside a field twice ("").'),
        row=row,
    )


def raise_any(faults: Sequence[Fault]) -> None:
    """Raise all faults together when there are any; the first hundred are listed."""
    if faults:
        raise TableFaults(faults[:MAX_FAULTS], len(faults))

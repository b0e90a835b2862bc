"""Cells of the statistics: a number, nothing filled in, or a dash for “does not apply”."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.store.faults import raise_any
from junheng.engine.store.numbers import narrow, parse_decimal
from junheng.errors import Fault
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.annual_statistics.layout import Figure

DASHES = frozenset("-‐‑‒–—―−─－﹣")
"""Characters of which one or two stand for “does not apply”."""

MAX_DASHES = 2


@dataclass(frozen=True)
class Place:
    """Where a figure stands: in messages every part of it is named.

    `row` is the row as a person sees it, `row_text` what the row is called: the text of a table's
    row, or the school of a stage's workbook. `table` is "" in the latter.
    """

    workbook: str
    sheet: str
    row: int | None = None
    heading: str = ""
    table: str = ""
    row_text: str = ""

    def fault(self, found: Message, remedy: Message) -> Fault:
        """Return the fault of something found here."""
        if self.table and self.row_text:
            what = say(
                "table {table}, “{row}”: {found}", table=self.table, row=self.row_text, found=found
            )
        elif self.table or self.row_text:
            what = say("“{row}”: {found}", row=self.table or self.row_text, found=found)
        else:
            what = found
        return Fault(what, remedy, self.workbook, self.sheet, self.row, self.heading)


@dataclass(frozen=True)
class Cell:
    """One figure as reported: `amount` None is not filled in, or (`is_dash`) does not apply."""

    place: Place
    text: str
    amount: Fraction | None
    is_dash: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether nothing is filled in."""
        return self.amount is None and not self.is_dash


@dataclass
class Faults:
    """Everything wrong, collected so that all of it is told at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Keep a fault; that of a column which many rows lack is kept once."""
        if not any(fault is known for known in self.found):
            self.found.append(fault)

    def stop(self) -> None:
        """Raise `TableFaults` when there is any."""
        raise_any(self.found)


def is_dash(text: str) -> bool:
    """Whether a text is a dash: one or two lines.

    >>> is_dash("——"), is_dash("-5"), is_dash("")
    (True, False, False)
    """
    return 0 < len(text) <= MAX_DASHES and set(text) <= DASHES


def read_cell(text: str, place: Place, faults: Faults, *, factor: Fraction, is_whole: bool) -> Cell:
    """Return a cell in the unit of its term; a text that is no such number becomes a fault."""
    if not text:
        return Cell(place, text, None)
    if is_dash(text):
        return Cell(place, text, None, is_dash=True)
    number = parse_decimal(text)
    wrong = _wrong(text, number, is_whole=is_whole)
    if number is None or wrong is not None:
        faults.add(place.fault(wrong or _no_number(text), _number_wanted(is_whole=is_whole)))
        return Cell(place, text, None)
    return Cell(place, narrow(text), number * factor)


def _wrong(text: str, number: Fraction | None, *, is_whole: bool) -> Message | None:
    if number is None:
        return None
    if number < 0:
        return say("{found} is negative.", found=text)
    if is_whole and number.denominator != 1:
        return say("“{found}” is not a whole number.", found=text)
    return None


def _no_number(text: str) -> Message:
    return say("“{found}” is not a number.", found=text)


def _number_wanted(*, is_whole: bool) -> Message:
    if is_whole:
        return say("Write a whole number, a dash where it does not apply; blank is not filled in.")
    return say(
        "Write a number without unit or separators, a dash where it does not apply; blank is not "
        "filled in."
    )


def added(
    figures: Sequence[Figure], cells: Mapping[str, Cell]
) -> tuple[Fraction | None, tuple[Cell, ...]]:
    """Return the sum of figures, None when one is missing, and the dashes that contradict.

    A dash adds nothing where the layout says that it means nothing; elsewhere the whole sum does
    not apply, which contradicts a stage with pupils.
    """
    found = [(figure, cells[figure.id]) for figure in figures if figure.id in cells]
    odd = tuple(c for figure, c in found if c.is_dash and not figure.is_nothing_when_dashed)
    if not found or odd or any(cell.is_missing for _, cell in found):
        return None, odd
    return sum((cell.amount or Fraction(0) for _, cell in found), Fraction(0)), odd


__all__ = ["DASHES", "Cell", "Faults", "Place", "added", "is_dash", "read_cell"]

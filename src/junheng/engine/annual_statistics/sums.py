"""Totals against their parts: whether a table without a row (博士研究生) loses somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.figures import Faults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.annual_statistics.figures import Cell
    from junheng.engine.annual_statistics.layout import Figure, Layout, Sum
    from junheng.engine.annual_statistics.returns import SchoolReturn
    from junheng.i18n import Message


@dataclass
class Telling(Faults):
    """Faults, and what is told without refusing the files.

    `unproven` holds, by figure id, the schools whose tables lack a row that counts and do not tell
    by their total whether somebody stands in it. `uneven` are totals that their parts do not reach.
    """

    unproven: dict[str, list[str]] = field(default_factory=dict)
    uneven: list[Message] = field(default_factory=list)

    def messages(self, layout: Layout) -> Iterator[Message]:
        """Yield what is to be said with the results."""
        for figure_id, schools in self.unproven.items():
            yield say(
                "{n} schools: the tables have no “{row}”; whoever belongs there is not counted "
                "(first: {school}). Export the tables with it.",
                n=len(schools),
                row=_called(layout.figures[figure_id]),
                school=schools[0],
            )
        yield from self.uneven


def check_sum(report: SchoolReturn, total: Sum, layout: Layout, telling: Telling) -> None:
    """Compare a total with its parts; a part that is not in the tables is refused or told."""
    whole = report.cells.get(total.whole)
    parts = [layout.figures[part] for part in total.parts]
    absent = [part for part in parts if part.id not in report.cells]
    lost = [part for part in absent if part.fact]
    rest = _rest(whole, [report.cells[p.id] for p in parts if p.id in report.cells])
    if whole is not None and rest is not None and (rest < 0 or (rest > 0 and not absent)):
        telling.uneven.append(_uneven(report, whole, rest))
    elif lost and whole is not None and rest is not None and rest > 0 and absent == lost:
        telling.add(
            whole.place.fault(
                say(
                    "{n} of {all} teachers stand in none of the degrees, and “{row}” is not in "
                    "the table.",
                    n=str(rest),
                    all=whole.text,
                    row=_called(lost[0]),
                ),
                say("Export the table with it, so that nobody is left out of the count."),
            )
        )
    elif lost and rest != 0:
        for figure in lost:
            telling.unproven.setdefault(figure.id, []).append(report.name)


def _rest(whole: Cell | None, parts: list[Cell]) -> Fraction | None:
    """What the parts leave of the whole; None when a figure of them is not filled in."""
    if whole is None or whole.amount is None or any(part.is_missing for part in parts):
        return None
    return whole.amount - sum((part.amount or Fraction(0) for part in parts), Fraction(0))


def _uneven(report: SchoolReturn, whole: Cell, rest: Fraction) -> Message:
    return say(
        "{school}: {heading} of {all} teachers ({workbook}, sheet “{sheet}”) does not agree with "
        "the degrees, which add up to {parts}.",
        school=report.name,
        heading=whole.place.heading,
        all=whole.text,
        workbook=whole.place.workbook,
        sheet=whole.place.sheet,
        parts=str((whole.amount or 0) - rest),
    )


def _called(figure: Figure) -> str:
    return figure.cells[0][0][-1]

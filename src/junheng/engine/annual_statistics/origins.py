"""Where each figure of the stage units was read: table, row and column, or header path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.layout import FIRST, ONLY
from junheng.engine.annual_statistics.schools import PUPILS
from junheng.engine.standard.unit_rows import used_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.annual_statistics.layout import Figure
    from junheng.engine.annual_statistics.paths import Path
    from junheng.engine.annual_statistics.reading import Statistics
    from junheng.engine.standard.ruleset import RuleSet

BETWEEN = " / "


@dataclass(frozen=True)
class Origin:
    """One place that a fact was read from; several places of a fact are added.

    `stage` is "" for what the whole school owns. `row` and `column` are those of a school's
    workbook, `header` the header path in a stage's workbook; blank where there was none such.
    """

    fact: str
    stage: str
    table: str
    row: str = ""
    column: str = ""
    header: str = ""


def origins(read: Statistics, ruleset: RuleSet) -> tuple[Origin, ...]:
    """Return where the pupils and facts of a rule set stand in the workbooks that were read.

    Of further names that a layout allows for one place the first is told.
    """
    wanted = (PUPILS, *used_facts(ruleset))
    figures = read.layout.figures.values()
    return tuple(
        origin
        for fact in wanted
        for figure in figures
        if figure.fact == fact
        for origin in _of_figure(figure, read)
    )


def _of_figure(figure: Figure, read: Statistics) -> Iterator[Origin]:
    row, column = figure.cells[0] if read.by_school and figure.cells else ((), ())
    header = figure.headers[0] if read.by_stage and figure.headers else ()
    table = f"教基{figure.table}" if row or column else ""
    if table or header:
        yield Origin(figure.fact, figure.stage, table, _told(row), _told(column), _told(header))


def _told(path: Path) -> str:
    return BETWEEN.join(step for step in path if step not in (FIRST, ONLY))

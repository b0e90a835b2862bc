"""One workbook per stage for a whole district: a row per school under merged headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.figures import Faults, Place, read_cell
from junheng.engine.annual_statistics.layout import IDENTITY_FIELDS, SCHOOL_STAGES, Layout
from junheng.engine.annual_statistics.paths import Path, folded, matching, shown
from junheng.engine.annual_statistics.returns import SchoolReturn, identified
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from junheng.engine.annual_statistics.grid import Grid
    from junheng.engine.annual_statistics.layout import Figure, SchoolStage
    from junheng.errors import Fault

MOST_HEADER_ROWS = 10
NEEDED_FIELDS = ("kind",)
"""Columns without which no row can be read; the name is what the header is found by."""


@dataclass(frozen=True)
class Header:
    """The header of a sheet: its last row, the column of school names, the path of each column."""

    last_row: int
    name_column: int
    paths: Mapping[int, Path]


def header_of(grid: Grid, layout: Layout) -> Header | None:
    """Return the header that begins with the name of the school, or None.

    It reaches down to the row above the first school: the next row with a text of its own in the
    column of names.
    """
    labels = layout.identity["school_name"]
    for r, row in enumerate(grid.rows[:MOST_HEADER_ROWS]):
        for c, text in enumerate(row):
            if folded(text) in labels:
                last = _last_header_row(grid, r, c)
                return Header(last, c, grid.headings(last, range(grid.width)))
    return None


def _last_header_row(grid: Grid, row: int, column: int) -> int:
    below = (r for r in range(row + 1, len(grid.rows)) if grid.rows[r][column])
    return next(below, len(grid.rows)) - 1


def is_stage_sheet(grid: Grid, layout: Layout) -> bool:
    """Whether a sheet has the header of such a workbook: a school, its kind, and a figure."""
    header = header_of(grid, layout)
    if header is None:
        return False
    has_kind = any(path and path[-1] in layout.identity["kind"] for path in header.paths.values())
    wanted = [path for figure in layout.figures.values() for path in figure.headers]
    return has_kind and any(matching(path, header.paths) for path in wanted)


def stage_of(layout: Layout, *names: str) -> SchoolStage | None:
    """Return the one stage that the first telling name contains, or None."""
    for name in map(folded, names):
        told = [s for s in SCHOOL_STAGES if any(word in name for word in layout.stage_words[s])]
        if len(told) == 1:
            return told[0]
    return None


def read_stage(
    grid: Grid, stage: SchoolStage, layout: Layout, faults: Faults
) -> list[SchoolReturn]:
    """Return the schools of one stage's sheet; what is wrong goes to `faults`."""
    header = header_of(grid, layout)
    if header is None:
        labels = ", ".join(layout.identity["school_name"])
        faults.add(
            Place(grid.workbook, grid.sheet).fault(
                say("there is no header for the name of the school."),
                say("Name the first column {labels}.", labels=labels),
            )
        )
        return []
    return list(_Sheet(grid, header, stage, layout, faults).schools())


class _Sheet:
    """Reads one stage's sheet, row by row."""

    def __init__(
        self, grid: Grid, header: Header, stage: SchoolStage, layout: Layout, faults: Faults
    ) -> None:
        self._grid = grid
        self._header = header
        self._stage = stage
        self._layout = layout
        self._faults = faults
        self._figures = layout.figures_of(stage) + layout.figures_of("")
        self._columns: dict[str, int] = {}
        self._absent: dict[str, Fault] = {}
        self._identity = {f: c for f in IDENTITY_FIELDS if (c := self._labelled(f)) is not None}
        self._identity["school_name"] = header.name_column
        for figure in self._figures:
            self._locate(figure)

    def schools(self) -> Iterator[SchoolReturn]:
        if not self._has_needed():
            return
        spread = self._spread_texts()
        for r in range(self._header.last_row + 1, len(self._grid.rows)):
            name = folded(self._grid.rows[r][self._header.name_column])
            if not any(self._grid.rows[r]) or name in (*self._layout.words["totals"], "甲"):
                continue
            texts = {field: spread[r, c] for field, c in self._identity.items()}
            school = identified(self._layout, texts, self._place(r, name, None), self._faults)
            if school is not None:
                school.stage = self._stage
                self._read_row(school, r)
                yield school

    def _read_row(self, school: SchoolReturn, row: int) -> None:
        school.absent.update(self._absent)
        for figure in self._figures:
            column = self._columns.get(figure.id)
            if column is not None:
                school.cells[figure.id] = read_cell(
                    self._grid.rows[row][column],
                    self._place(row, school.name, column),
                    self._faults,
                    factor=figure.factor,
                    is_whole=figure.is_whole,
                )

    def _spread_texts(self) -> dict[tuple[int, int], str]:
        """Texts of who the schools are; one merged over several rows holds for each of them."""
        first, last = self._header.last_row + 1, len(self._grid.rows) - 1
        cells: dict[tuple[int, int], str] = {}
        for column in self._identity.values():
            cells |= self._grid.filled(first, last, range(column, column + 1))
        return cells

    def _place(self, row: int, name: str, column: int | None) -> Place:
        heading = "" if column is None else shown(self._header.paths[column])
        return Place(self._grid.workbook, self._grid.sheet, row + 1, heading, row_text=name)

    # columns

    def _labelled(self, field: str) -> int | None:
        labels = self._layout.identity[field]
        paths = self._header.paths.items()
        return next((c for c, path in paths if path and path[-1] in labels), None)

    def _has_needed(self) -> bool:
        lacking = [field for field in NEEDED_FIELDS if field not in self._identity]
        for field in lacking:
            labels = ", ".join(self._layout.identity[field])
            self._faults.add(self._lack(labels))
        return not lacking

    def _lack(self, wanted: str) -> Fault:
        return Place(self._grid.workbook, self._grid.sheet, heading=wanted).fault(
            say("there is no such column."),
            say(
                "Export the table with it. If this year's tables name it otherwise, write the new "
                "name into a layout and read with it."
            ),
        )

    def _locate(self, figure: Figure) -> None:
        for path in figure.headers:
            found = matching(path, self._header.paths)
            if len(found) == 1:
                self._columns[figure.id] = found[0]
                return
            if len(found) > 1:
                self._absent[figure.id] = self._unclear(path, found)
                return
        self._absent[figure.id] = self._lack(shown(figure.headers[0]))

    def _unclear(self, path: Path, found: list[int]) -> Fault:
        columns = ", ".join(shown(self._header.paths[c]) for c in found)
        return Place(self._grid.workbook, self._grid.sheet, heading=shown(path)).fault(
            say("several columns fit: {columns}.", columns=columns),
            say("Write the whole header path into a layout and read with it."),
        )

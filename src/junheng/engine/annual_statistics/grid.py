"""Workbooks as grids of text, with their merged cells: what a statistics export is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.paths import Path, path_of
from junheng.engine.store.faults import raise_any
from junheng.engine.store.raw import OLE_MARK, ZIP_MARK, check_file, head, mistaken, truncated
from junheng.engine.store.source import clean
from junheng.engine.store.xls_file import XlsBook
from junheng.engine.store.xls_file import cell_faults as old_cell_faults
from junheng.engine.store.xlsx_file import cell_text
from junheng.engine.store.xlsx_parts import cell_faults, check_rectangle, open_parts
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path as FilePath

    from python_calamine import CalamineWorkbook

Block = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, from 0."""


MERGED = b"<mergeCell "


@dataclass(frozen=True)
class Grid:
    """One sheet: cells as text, blank ones empty; every row has `width` cells."""

    workbook: str
    sheet: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[Block, ...]

    @property
    def width(self) -> int:
        """Columns of the sheet."""
        return len(self.rows[0]) if self.rows else 0

    def filled(self, first: int, last: int, columns: range) -> dict[tuple[int, int], str]:
        """Return the cells of some rows and columns, merged ones with their text in each.

        Only the part of a block inside the rows is filled: a title over headers is no data.
        """
        cells = {(r, c): self.rows[r][c] for r in range(first, last + 1) for c in columns}
        for top, left, bottom, right in self.merged:
            text = self.rows[top][left] if top < len(self.rows) and left < self.width else ""
            for r in range(max(top, first), min(bottom, last) + 1):
                for c in range(max(left, columns.start), min(right + 1, columns.stop)):
                    cells[r, c] = text
        return cells

    def headings(self, last: int, columns: range) -> Mapping[int, Path]:
        """Return the header path of each column, from the first row to row `last`.

        A title over all columns is no header.
        """
        cells = self.filled(0, last, columns)
        for top, left, bottom, right in self.merged:
            is_over_all = left <= columns.start and right >= columns.stop - 1
            if left < columns.start or (is_over_all and len(columns) > 1):
                for r in range(top, min(bottom, last) + 1):
                    cells |= dict.fromkeys(((r, c) for c in columns if c <= right), "")
        return {c: path_of(cells[r, c] for r in range(last + 1)) for c in columns}


def merged_tops(path: FilePath, n_rows: int) -> tuple[tuple[str, ...], tuple[Grid, ...]]:
    """Return the sheet names of a workbook, and the top of each sheet with merged cells.

    To recognise it: nothing for what cannot be opened within the limits of the store.
    """
    from python_calamine import CalamineError

    try:
        if is_old(path):
            tops = [_cut(grid, n_rows) for grid in _old_grids(path)]
            return tuple(grid.sheet for grid in tops), tuple(grid for grid in tops if grid.merged)
        check_file(path)
        sheets = [sheet for sheet in open_parts(path).sheets if sheet.has_values]
        merged = [sheet for sheet in sheets if MERGED in sheet.xml]
        for sheet in merged:
            check_rectangle(path.name, sheet)
        book = _opened(path) if merged else None
        tops = [_grid(book, path.name, sheet.name, n_rows) for sheet in merged if book]
    except (CalamineError, TableFaults):
        return (), ()
    return tuple(sheet.name for sheet in sheets), tuple(tops)


def open_grids(path: FilePath) -> tuple[Grid, ...]:
    """Return the sheets of a workbook that hold values.

    Raises
    ------
    TableFaults
        The file is no sound workbook, or cells hold errors or uncomputed formulas.
    """
    from python_calamine import CalamineError

    check_file(path)
    if is_old(path):
        return tuple(_old_grids(path))
    if not head(path).startswith(ZIP_MARK):
        raise mistaken(path.name, head(path), path.suffix)
    parts = open_parts(path)
    filled = [sheet for sheet in parts.sheets if sheet.has_values]
    for sheet in filled:
        check_rectangle(path.name, sheet)
    raise_any(
        [
            fault
            for sheet in filled
            for fault in cell_faults(path.name, sheet, is_uncalculated=parts.is_uncalculated)
        ]
    )
    try:
        book = _opened(path)
        return tuple(_grid(book, path.name, sheet.name) for sheet in filled)
    except CalamineError as error:
        raise truncated(path.name) from error


def is_old(path: FilePath) -> bool:
    """Whether a file is a workbook of Excel 95 to 2003, whatever its name."""
    return head(path).startswith(OLE_MARK)


def _old_grids(path: FilePath) -> Iterator[Grid]:
    sheets = [sheet for sheet in XlsBook(path).sheets if sheet.has_values]
    raise_any([fault for sheet in sheets for fault in old_cell_faults(path.name, sheet)])
    for sheet in sheets:
        width = max((max(cells) + 1 for cells in sheet.rows.values()), default=0)
        yield Grid(
            path.name,
            sheet.name,
            tuple(
                tuple(clean(sheet.rows.get(row, {}).get(column, "")) for column in range(width))
                for row in range(max(sheet.rows, default=-1) + 1)
            ),
            tuple((*first, *last) for first, last in sheet.merged),
        )


def _cut(grid: Grid, n_rows: int) -> Grid:
    return replace(grid, rows=grid.rows[:n_rows])


def _opened(path: FilePath) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path))


def _grid(book: CalamineWorkbook, workbook: str, name: str, n_rows: int | None = None) -> Grid:
    sheet = book.get_sheet_by_name(name)
    rows = [
        tuple(clean(cell_text(cell)) for cell in row)
        for row in sheet.to_python(skip_empty_area=False, nrows=n_rows)
    ]
    merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return Grid(workbook, name, tuple(rows), merged)

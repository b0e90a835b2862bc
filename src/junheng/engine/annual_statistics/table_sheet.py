"""One sheet of one school's workbook: a table with a row of column codes, read by row and header.

The title stands in row 1, then merged headers, then the row of column codes (甲, 乙, 1, 2 ...),
then rows whose text stands under 甲 and whose code (01, 02 ...) stands under 乙.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.layout import FIRST, ONLY, Table
from junheng.engine.annual_statistics.paths import Path, folded, matching, path_of, shown
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.engine.annual_statistics.grid import Grid
    from junheng.i18n import Message

LABEL_CODE, ROW_CODE = "甲", "乙"
MOST_HEADER_ROWS = 15


@dataclass(frozen=True)
class TableSheet:
    """A sheet whose row of column codes was found.

    `rows` and `columns` hold the paths of data rows and columns by position from 0.
    """

    table_id: str
    kind_word: str
    grid: Grid
    rows: Mapping[int, Path]
    columns: Mapping[int, Path]

    def row_text(self, row: int) -> str:
        """Return what a row is called."""
        return shown(self.rows[row])

    def heading(self, column: int) -> str:
        """Return the header path of a column as people read it."""
        return shown(self.columns[column])


@dataclass(frozen=True)
class Found:
    """Where a cell stands, from 0."""

    row: int
    column: int


def open_table(grid: Grid, table: Table | None, table_id: str, kind: str) -> TableSheet | None:
    """Return the table of a sheet, or None without a row of column codes."""
    code_row = _code_row(grid)
    if code_row is None:
        return None
    codes = list(map(folded, grid.rows[code_row]))
    label_last = max(ix for ix, code in enumerate(codes) if code == LABEL_CODE)
    key = codes.index(ROW_CODE) if ROW_CODE in codes else None
    first_data = max(label_last, -1 if key is None else key) + 1
    labels = range(first_data if key is None else key)
    paths = grid.headings(code_row - 1, range(first_data, grid.width)) if code_row else {}
    columns = {c: path for c, path in paths.items() if codes[c] or path}
    rows = _rows(grid, code_row + 1, labels, key, table.sections if table else ())
    return TableSheet(table_id, kind, grid, rows, columns)


def _code_row(grid: Grid) -> int | None:
    """The first row that holds 甲 and numbers a column."""
    for ix, row in enumerate(grid.rows[:MOST_HEADER_ROWS]):
        texts = set(map(folded, row))
        if LABEL_CODE in texts and "1" in texts:
            return ix
    return None


def _rows(
    grid: Grid, first: int, labels: range, key: int | None, sections: Iterable[str]
) -> dict[int, Path]:
    """Return the paths of the rows that have a code, below their sections."""
    last = len(grid.rows) - 1
    cells = grid.filled(first, last, labels)
    section: Path = ()
    rows: dict[int, Path] = {}
    for r in range(first, last + 1):
        path = path_of(cells[r, c] for c in labels)
        if len(path) == 1 and path[0] in sections:
            section = path
        elif len(path) == 1:
            path = section + path
        if path and (key is None or grid.rows[r][key]):
            rows[r] = path
    return rows


def find(
    sheet: TableSheet, cells: Iterable[tuple[Path, Path]]
) -> tuple[Found | None, Message | None]:
    """Return where the first of some addresses stands, or what is not there or not clear."""
    pairs = list(cells)
    reason: Message | None = None
    for row_path, column_path in pairs:
        rows = _positions(row_path, sheet.rows)
        columns = _positions(column_path, sheet.columns)
        if len(rows) == 1 and len(columns) == 1:
            return Found(rows[0], columns[0]), None
        if reason is None and len(rows) > 1:
            reason = say("several rows are “{text}”.", text=shown(row_path))
        if reason is None and rows and len(columns) > 1:
            reason = say("several columns are “{text}”.", text=shown(column_path))
    return None, reason or _not_there(sheet, pairs)


def _positions(wanted: Path, paths: Mapping[int, Path]) -> list[int]:
    if wanted == (FIRST,):
        return list(paths)[:1]
    if wanted == (ONLY,):
        return list(paths) if len(paths) == 1 else []
    return matching(wanted, paths)


def _not_there(sheet: TableSheet, pairs: list[tuple[Path, Path]]) -> Message:
    row_paths = [row for row, _ in pairs]
    if not any(_positions(row, sheet.rows) for row in row_paths):
        return say("there is no row “{text}”.", text=_listed(row_paths))
    return say("there is no column “{text}”.", text=_listed([column for _, column in pairs]))


def _listed(paths: list[Path]) -> str:
    named = dict.fromkeys(shown(path) for path in paths if path[0] not in (FIRST, ONLY))
    return "”, “".join(named)

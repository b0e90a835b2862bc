"""Excel workbooks (.xlsx): the one sheet with data, or the named one, as text."""

from __future__ import annotations

import datetime as dt
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

from junheng.engine.store.faults import raise_any
from junheng.engine.store.grid import Block, Grid, settle_grid
from junheng.engine.store.raw import OLE_MARK, ZIP_MARK, head, mistaken, truncated
from junheng.engine.store.sheets import chosen
from junheng.engine.store.source import clean
from junheng.engine.store.xlsx_hidden import hidden_columns, hidden_rows
from junheng.engine.store.xlsx_parts import (
    cell_faults,
    check_rectangle,
    open_parts,
    protected,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    from junheng.engine.store.grid import NumberedRow, OpenedTable
    from junheng.engine.store.session import Session
    from junheng.engine.store.xlsx_parts import Sheet

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class XlsxBook:
    """A workbook whose parts are unpacked; `TableFaults` when it is damaged or not to be opened."""

    def __init__(self, path: Path) -> None:
        _check_container(path)
        self._path = path
        self._parts = open_parts(path)
        self._cells: CalamineWorkbook | None = None

    @property
    def sheets(self) -> Sequence[Sheet]:
        """All worksheets."""
        return self._parts.sheets

    def read(
        self,
        session: Session,
        sheet_name: str | None,
        *,
        header_names: Collection[str] = (),
        sheet_names: Collection[str] = (),
    ) -> OpenedTable:
        """Read one sheet; `TableFaults` names cells that hold errors or uncomputed formulas.

        For `header_names` see `grid.settle_grid`, for `sheet_names` see `sheets.chosen`.
        """
        name = self._path.name
        sheet = chosen(name, self.sheets, sheet_name, sheet_names)
        check_rectangle(name, sheet)
        raise_any(cell_faults(name, sheet, is_uncalculated=self._parts.is_uncalculated))
        cells = self._open(sheet.name)
        grid = Grid(
            name,
            sheet.name,
            lambda: _rows(cells),
            n_columns=0 if cells.end is None else cells.end[1] + 1,
            merged=[
                Block(first[0] + 1, last[0] + 1, first[1], last[1])
                for first, last in cells.merged_cell_ranges or []
            ],
            hidden_rows=hidden_rows(sheet),
            hidden_columns=hidden_columns(sheet),
            is_visible=sheet.is_visible,
        )
        return settle_grid(session, grid, header_names)

    def _open(self, sheet_name: str) -> CalamineSheet:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            if self._cells is None:
                # Given a path, calamine believes its ending: .xls would be an old workbook.
                content = BytesIO(self._path.read_bytes())
                self._cells = CalamineWorkbook.from_filelike(content)
            return self._cells.get_sheet_by_name(sheet_name)
        except CalamineError as error:
            raise truncated(self._path.name) from error


def cell_text(value: object) -> str:
    """Return what a cell holds as text; a float at the 15 digits that a spreadsheet keeps.

    >>> cell_text(0.1 + 0.2), cell_text(5.0), cell_text(True), cell_text("")
    ('0.3', '5', 'TRUE', '')
    """
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value)


def _check_container(path: Path) -> None:
    first_bytes = head(path)
    if first_bytes.startswith(OLE_MARK):
        if _ENCRYPTED in path.read_bytes():
            raise protected(path.name)
        raise mistaken(path.name, first_bytes, ".xlsx")
    if not first_bytes.startswith(ZIP_MARK):
        raise mistaken(path.name, first_bytes, ".xlsx")


def _rows(sheet: CalamineSheet) -> Iterator[NumberedRow]:
    """Yield the rows that hold any value, from column A on: calamine leaves out blank columns."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = list(map(cell_text, cells))
        if any(map(clean, texts)):
            yield number, before + texts if before else texts

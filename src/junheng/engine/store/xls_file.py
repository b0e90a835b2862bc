"""Workbooks of Excel 95 to 2003 (.xls): the one sheet with data, or the named one, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.store.biff import BiffError, ProtectedError, XlsSheet, read_sheets
from junheng.engine.store.compound import Compound, CompoundError
from junheng.engine.store.faults import raise_any, refused
from junheng.engine.store.grid import Block, Grid, cell_name, settle_grid
from junheng.engine.store.limits import MIB
from junheng.engine.store.sheets import chosen
from junheng.engine.store.source import clean
from junheng.engine.store.xlsx_parts import protected
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from junheng.engine.store.grid import NumberedRow, OpenedTable
    from junheng.engine.store.session import Session

MAX_BYTES = 96 * MIB
"""A full sheet of 65,536 rows and 40 columns has about 40 MiB."""

_WORKBOOKS = ("Workbook", "Book")
_MACROS = frozenset({"_vba_project_cur", "_vba_project", "vba", "macros"})
_ENCRYPTED = frozenset({"encryptedpackage", "encryptioninfo"})


class XlsBook:
    """An old workbook that was read; `TableFaults` when it is damaged or not to be opened."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self.sheets = _sheets(path)

    def read(
        self,
        session: Session,
        sheet_name: str | None,
        *,
        header_names: Collection[str] = (),
        sheet_names: Collection[str] = (),
    ) -> OpenedTable:
        """Read one sheet; `TableFaults` names cells that hold errors or uncomputed formulas."""
        sheet = chosen(self._name, self.sheets, sheet_name, sheet_names)
        raise_any(cell_faults(self._name, sheet))
        grid = Grid(
            self._name,
            sheet.name,
            lambda: _rows(sheet),
            n_columns=_width(sheet),
            merged=[
                Block(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in sheet.merged
            ],
            hidden_rows={row + 1 for row in sheet.hidden_rows},
            hidden_columns=sheet.hidden_columns,
            is_visible=sheet.is_visible,
        )
        return settle_grid(session, grid, header_names)


def is_workbook(path: Path) -> bool:
    """Whether a compound file holds a workbook, or the encrypted form of one."""
    try:
        names = Compound(path.read_bytes()).names()
    except CompoundError:
        return False
    return bool(names & ({name.lower() for name in _WORKBOOKS} | _ENCRYPTED))


def _sheets(path: Path) -> list[XlsSheet]:
    if path.stat().st_size > MAX_BYTES:
        raise refused(
            path.name,
            say("the old workbook has more than {most} MiB.", most=MAX_BYTES // MIB),
            say("Open it and save it as “Excel workbook (.xlsx)”."),
        )
    try:
        compound = Compound(path.read_bytes())
        if compound.names() & _ENCRYPTED:
            raise protected(path.name)
        if compound.names() & _MACROS:
            raise refused(
                path.name,
                say("the workbook contains macros."),
                say("Workbooks with macros are not opened. Save it as “Excel workbook (.xlsx)”."),
            )
        return read_sheets(compound.stream(*_WORKBOOKS))
    except ProtectedError as error:
        raise protected(path.name) from error
    except (CompoundError, BiffError) as error:
        raise refused(
            path.name,
            say("this is no whole workbook of Excel 95 to 2003."),
            say("Open it and save it as “Excel workbook (.xlsx)”."),
        ) from error


def _width(sheet: XlsSheet) -> int:
    return max((max(cells) + 1 for cells in sheet.rows.values()), default=0)


def _rows(sheet: XlsSheet) -> Iterator[NumberedRow]:
    width = _width(sheet)
    for row in sorted(sheet.rows):
        cells = sheet.rows[row]
        texts = [cells.get(column, "") for column in range(width)]
        if any(map(clean, texts)):
            yield row + 1, texts


def cell_faults(name: str, sheet: XlsSheet) -> list[Fault]:
    """Return the faults of cells that hold errors or formulas that no program has computed."""
    faults = [
        Fault(
            say("cell {cell} holds the error {error}.", cell=_cell(cell), error=error),
            say("Correct the formula, or replace it by its value."),
            name,
            sheet.name,
            cell[0] + 1,
        )
        for cell, error in sorted(sheet.errors.items())
    ]
    return faults + [
        Fault(
            say("cell {cell} holds a formula without a value.", cell=_cell(cell)),
            say("Open the workbook in Excel or WPS, let it calculate, and save it."),
            name,
            sheet.name,
            cell[0] + 1,
        )
        for cell in sorted(sheet.uncomputed)
    ]


def _cell(cell: tuple[int, int]) -> str:
    return cell_name(cell[0] + 1, cell[1])

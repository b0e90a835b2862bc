"""Excel workbooks (.xlsx): the one sheet with data, or the named one, as text."""

from __future__ import annotations

import datetime as dt
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from junheng.engine.store.csv_reader import load_rows
from junheng.engine.store.faults import raise_any, refused
from junheng.engine.store.raw import OLE_MARK, ZIP_MARK, head, mistaken, truncated
from junheng.engine.store.source import RawRows, SourceTable, check_first_rows, clean, settle
from junheng.engine.store.xlsx_parts import cell_faults, check_rectangle, open_parts, protected
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

    from junheng.engine.store.session import Session
    from junheng.engine.store.xlsx_parts import Sheet

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

NumberedRow = tuple[int, list[str]]
"""A row number as the spreadsheet shows it, and the cells as text."""


def read_xlsx(session: Session, path: Path, sheet_name: str | None) -> SourceTable:
    """Read one sheet; `TableFaults` names cells that hold errors or uncomputed formulas."""
    _check_container(path)
    workbook = open_parts(path)
    sheet = _chosen(path.name, workbook.sheets, sheet_name)
    check_rectangle(path.name, sheet)
    raise_any(cell_faults(path.name, sheet, is_uncalculated=workbook.is_uncalculated))
    rows = _open_sheet(path, sheet.name)
    return _settled(session, rows, path.name, sheet.name)


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


def _chosen(name: str, sheets: tuple[Sheet, ...], wanted: str | None) -> Sheet:
    """Return the named sheet, or the only visible one that holds values."""
    by_name = {sheet.name: sheet for sheet in sheets}
    if wanted is not None:
        if wanted not in by_name:
            raise refused(
                name,
                say("there is no sheet “{sheet}”.", sheet=wanted),
                say("Name one of these: {sheets}.", sheets=", ".join(by_name)),
            )
        return by_name[wanted]
    filled = [sheet for sheet in sheets if sheet.is_visible and sheet.has_values]
    if not filled:
        raise refused(name, say("no sheet holds values."), say("Export it again."))
    if len(filled) > 1:
        raise refused(
            name,
            say("several sheets hold values."),
            say("Name one of these: {sheets}.", sheets=", ".join(sheet.name for sheet in filled)),
        )
    return filled[0]


def _open_sheet(path: Path, sheet_name: str) -> CalamineSheet:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet_name)
    except CalamineError as error:
        raise truncated(path.name) from error


def _settled(session: Session, sheet: CalamineSheet, name: str, sheet_name: str) -> SourceTable:
    rows = _rows(sheet)
    first = list(islice(_rows(sheet), 2))
    if not first:
        raise refused(name, say("no sheet holds values."), say("Export it again."))
    header_row, headers = first[0]
    check_first_rows([cells for _, cells in first], header_row, name, sheet_name)
    raise_any(_merged(sheet, header_row, name, sheet_name))
    relation = load_rows(session, islice(rows, 1, None), len(headers))
    return settle(session, RawRows(relation, tuple(headers), header_row), name, sheet_name)


def _rows(sheet: CalamineSheet) -> Iterator[NumberedRow]:
    """Yield the rows that hold any value."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = list(map(cell_text, cells))
        if any(map(clean, texts)):
            yield number, texts


def _merged(sheet: CalamineSheet, header_row: int, name: str, sheet_name: str) -> list[Fault]:
    """Return a fault for each block of merged cells that reaches below the row of headers."""
    return [
        Fault(
            say("the cells {first} to {last} are merged.", first=_place(first), last=_place(last)),
            say("Unmerge them and write the value into every cell it holds for."),
            name,
            sheet_name,
            first[0] + 1,
        )
        for first, last in sheet.merged_cell_ranges or []
        if last[0] + 1 > header_row
    ]


def _place(cell: tuple[int, int]) -> str:
    """Return a cell's name, from row and column counted from 0.

    >>> _place((4, 0)), _place((0, 27))
    ('A5', 'AB1')
    """
    row, column = cell
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"

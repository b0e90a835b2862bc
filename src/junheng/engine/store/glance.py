"""A glance into a workbook: its first sheet as it is, for looking at and not for reading data."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from junheng.engine.store.raw import truncated
from junheng.engine.store.xlsx_file import cell_text
from junheng.engine.store.xlsx_parts import check_rectangle, open_parts

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Glance:
    """The first visible sheet: its name, its first rows as text, and whether there are more."""

    sheet: str
    rows: tuple[tuple[str, ...], ...]
    is_cut: bool


def glance(path: Path, *, n_rows: int, n_columns: int) -> Glance:
    """Return the beginning of the first visible sheet of an .xlsx workbook.

    Raises
    ------
    TableFaults
        The workbook is damaged, a bomb, or spreads its values over more than memory can hold.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    sheet = next((s for s in open_parts(path).sheets if s.is_visible), None)
    if sheet is None:
        raise truncated(path.name)
    check_rectangle(path.name, sheet)
    try:
        found = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes())).get_sheet_by_name(
            sheet.name
        )
        rows = list(islice(found.iter_rows(), n_rows + 1))
    except CalamineError as error:
        raise truncated(path.name) from error
    cut = [tuple(map(cell_text, row[:n_columns])) for row in rows[:n_rows]]
    is_cut = len(rows) > n_rows or any(len(row) > n_columns for row in rows)
    return Glance(sheet.name, tuple(cut), is_cut)

"""The tables of papers as a workbook, one sheet each, numbers as numbers."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.store.workbook import SheetData, write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.documents.blocks import Document, Table


def as_workbook(documents: Sequence[Document]) -> bytes:
    """Return the tables of papers as an .xlsx file.

    Raises
    ------
    ValueError
        No paper has a table.
    """
    sheets = {
        table.name or table.caption: _sheet(table) for one in documents for table in one.tables
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tables.xlsx"
        write_workbook(path, sheets)
        return path.read_bytes()


def _sheet(table: Table) -> SheetData:
    formats = {
        column: "0" if places == 0 else f"0.{'0' * places}"
        for column, places in table.formats.items()
    }
    rows = [[float(c) if isinstance(c, Fraction) else c for c in row] for row in table.rows]
    return SheetData(table.headers, rows, formats)

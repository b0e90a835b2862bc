"""Entries as a file: CSV or workbook, in which no cell is a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.engine.store.workbook import SheetData, write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.audit.present import Line

ROWS_AT_MOST = 50_000
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# The mark at the beginning tells spreadsheets that the text is UTF-8.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_file(lines: Sequence[Line], form: str) -> bytes:
    """Return entries as a file of `form`: csv or xlsx, in the language of the page."""
    rows = [_cells(line) for line in lines]
    return _csv([headers(), *rows]) if form == "csv" else _workbook(headers(), rows)


def headers() -> list[str]:
    """Return the heads of the columns."""
    return [
        gettext("Entry"),
        gettext("Time"),
        gettext("Who"),
        gettext("Post"),
        gettext("Act"),
        gettext("Kind"),
        gettext("Objects"),
        gettext("Number of rows"),
        gettext("Purpose"),
        gettext("Address"),
        gettext("Detail"),
    ]


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("Export")
    ("'=1+1", 'Export')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(line: Line) -> list[object]:
    at = line.at.strftime("%Y-%m-%d %H:%M:%S")
    texts = [line.who, line.posts, line.act, line.kind, line.keys]
    return [line.number, at, *texts, line.n_rows, line.purpose, line.address, line.detail]


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    text.write(MARK)
    safe = ([harmless(c) if isinstance(c, str) else c for c in row] for row in rows)
    csv.writer(text).writerows(safe)
    return text.getvalue().encode()


def _workbook(heads: list[str], rows: list[list[object]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.xlsx"
        write_workbook(path, {gettext("Audit log"): SheetData(heads, rows)})
        return path.read_bytes()

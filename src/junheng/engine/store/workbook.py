"""Results as a workbook: plain sheets with a frozen row of headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from junheng.engine.store.replace import replaced
from junheng.engine.store.watermark import add_first_sheet, mark_footer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from junheng.engine.store.watermark import Watermark

MAX_TEXT = 32_767
"""Characters that a cell of a workbook can hold."""

MAX_SHEET_NAME = 31
"""Characters that the name of a sheet can have."""

_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\\\", " "))
_MIN_WIDTH, _MAX_WIDTH = 8, 48
_N_ROWS_MEASURED = 200


@dataclass(frozen=True)
class SheetData:
    """One sheet: headers and rows of text, numbers, True or False, None for a blank cell.

    `formats` gives number formats by column position, e.g. {3: "0.000"}.
    """

    headers: Sequence[str]
    rows: Iterable[Sequence[object]]
    formats: Mapping[int, str] = field(default_factory=dict)


def write_workbook(
    path: Path, sheets: Mapping[str, SheetData], *, watermark: Watermark | None = None
) -> None:
    """Write an .xlsx file, marked where it holds personal data; it appears whole or not at all.

    Text is written as text whatever it begins with, so that a school named "=1+1" is no formula.
    Rows are written as they come and not kept in memory.

    Raises
    ------
    ValueError
        `sheets` is empty, or a number is not finite.
    OSError
        No room, no right, or no such folder.
    """
    from xlsxwriter.exceptions import FileCreateError

    if not sheets:
        raise ValueError("a workbook needs a sheet")
    try:
        _write(path, sheets, watermark)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _write(path: Path, sheets: Mapping[str, SheetData], watermark: Watermark | None) -> None:
    from xlsxwriter import Workbook

    with (
        replaced(path) as new,
        Workbook(
            str(new),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        ) as book,
    ):
        if watermark is not None:
            add_first_sheet(book, watermark)
        header = book.add_format(
            {"bold": True, "bg_color": "#E8EEF5", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        for name, data in sheets.items():
            formats = {
                position: book.add_format({"num_format": text})
                for position, text in data.formats.items()
            }
            sheet = book.add_worksheet(sheet_name(name))
            mark_footer(sheet, watermark)
            _write_sheet(sheet, data, header, formats)


def sheet_name(name: str) -> str:
    """Return a name that a sheet may bear.

    >>> sheet_name("2025/26 [draft]")
    '2025 26  draft'
    """
    return name.translate(_NOT_IN_SHEET_NAMES).strip(" '")[:MAX_SHEET_NAME] or "1"


def _write_sheet(
    sheet: Worksheet, data: SheetData, header: Format, formats: Mapping[int, Format]
) -> None:
    rows = iter(data.rows)
    first = list(islice(rows, _N_ROWS_MEASURED))
    for position, text in enumerate(data.headers):
        width = _width([text, *(row[position] for row in first)])
        sheet.set_column(position, position, width, formats.get(position))
    sheet.freeze_panes(1, 0)
    for position, text in enumerate(data.headers):
        sheet.write_string(0, position, text, header)
    for number, row in enumerate(chain(first, rows), start=1):
        for position, value in enumerate(row):
            _write_cell(sheet, number, position, value)


def _write_cell(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:MAX_TEXT])


def _width(values: Sequence[object]) -> int:
    """Return a column width in characters; a Chinese character takes two."""
    texts = [str(value) for value in values if value is not None]
    widest = max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in texts)
    return min(max(widest + 2, _MIN_WIDTH), _MAX_WIDTH)

"""Workbooks to be filled in: headers, notes, a sample, drop-downs, and a hidden sheet that tells
where the workbook comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from junheng.engine.store.replace import replaced
from junheng.engine.store.tables import open_table
from junheng.engine.store.watermark import add_first_sheet, mark_footer
from junheng.engine.store.workbook import sheet_name
from junheng.engine.store.xlsx_parts import open_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from junheng.engine.store.session import Session
    from junheng.engine.store.watermark import Watermark

IDENTITY_SHEET = "junheng"
LISTS_SHEET = "junheng_lists"
N_HEAD_ROWS = 3
"""Headers, notes, sample: data begin below."""

LAST_ROW = 1_048_575
DIGITS_KEPT = 15
"""Significant digits of a number in a spreadsheet."""
MAX_PROMPT_TITLE, MAX_PROMPT = 32, 255
_MIN_WIDTH, _MAX_WIDTH = 10, 30
_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "number": "General"}


@dataclass(frozen=True)
class TemplateColumn:
    """One column to fill in. `options` are the words of its drop-down, none for free entry."""

    header: str
    note: str
    sample: str
    form: Literal["text", "date", "number"]
    options: Sequence[str] = ()
    is_required: bool = False


def write_template_book(
    path: Path,
    sheets: Mapping[str, Sequence[TemplateColumn]],
    identity: Mapping[str, str],
    *,
    filled: Mapping[str, Iterable[Sequence[str | None]]] | None = None,
    watermark: Watermark | None = None,
) -> None:
    """Write an .xlsx file of sheets to fill in; it appears whole or not at all.

    Row 1 holds headers, row 2 notes, row 3 the sample; data begin in row 4: those of `filled`, by
    sheet. `identity` goes into a hidden sheet, from which `read_identity` takes it back.
    """
    from xlsxwriter import Workbook

    with replaced(path) as new, Workbook(str(new)) as book:
        styles = Styles(book)
        if watermark is not None:
            add_first_sheet(book, watermark)
        worksheets = {name: book.add_worksheet(sheet_name(name)) for name in sheets}
        lists = book.add_worksheet(LISTS_SHEET)
        places = _write_lists(lists, sheets)
        for name, columns in sheets.items():
            mark_footer(worksheets[name], watermark)
            _write_sheet(worksheets[name], columns, places, styles)
            for row, cells in enumerate((filled or {}).get(name, ()), start=N_HEAD_ROWS):
                _write_row(worksheets[name], row, columns, cells)
        write_identity(book.add_worksheet(IDENTITY_SHEET), identity)
        lists.very_hidden()


def read_identity(session: Session, path: Path) -> Mapping[str, str] | None:
    """Return what the hidden sheet of a workbook tells, None for one that is no template."""
    if IDENTITY_SHEET not in {sheet.name for sheet in open_parts(path).sheets}:
        return None
    table = open_table(session, path, sheet=IDENTITY_SHEET)
    rows = session.rows(f"SELECT c0, c1 FROM {table.relation}")
    return {str(key): "" if value is None else str(value) for key, value in rows}


class Styles:
    """The formats of a workbook to fill in."""

    def __init__(self, book: Workbook) -> None:
        head = {"bold": True, "bg_color": "#E8EEF5", "text_wrap": True, "valign": "vcenter"}
        small = {"font_size": 9, "text_wrap": True, "valign": "top", "font_color": "#5B6B7B"}
        self.header = book.add_format({**head, "bottom": 1})
        self.required = book.add_format({**head, "bottom": 5})
        self.note = book.add_format({**small, "num_format": "@"})
        self.sample = book.add_format({**small, "italic": True, "bottom": 1, "num_format": "@"})
        self.cells = {
            form: book.add_format({"num_format": text}) for form, text in _FORMATS.items()
        }


def _write_lists(
    sheet: Worksheet, sheets: Mapping[str, Sequence[TemplateColumn]]
) -> dict[tuple[str, ...], str]:
    """Write each list of options once; return the range where it stands."""
    places: dict[tuple[str, ...], str] = {}
    for columns in sheets.values():
        for column in columns:
            options = tuple(column.options)
            if options and options not in places:
                letter = _letters(len(places))
                for row, option in enumerate(options):
                    sheet.write_string(row, len(places), option)
                places[options] = f"={LISTS_SHEET}!${letter}$1:${letter}${len(options)}"
    return places


def _write_sheet(
    sheet: Worksheet,
    columns: Sequence[TemplateColumn],
    places: Mapping[tuple[str, ...], str],
    styles: Styles,
) -> None:
    sheet.freeze_panes(N_HEAD_ROWS, 1)
    sheet.set_row(0, 32)
    sheet.set_row(1, 64)
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column_width(column), styles.cells[column.form])
        header: Format = styles.required if column.is_required else styles.header
        sheet.write_string(0, position, column.header, header)
        sheet.write_string(1, position, column.note, styles.note)
        sheet.write_string(2, position, column.sample, styles.sample)
        if column.options:
            sheet.data_validation(
                N_HEAD_ROWS,
                position,
                LAST_ROW,
                position,
                {
                    "validate": "list",
                    "source": places[tuple(column.options)],
                    "error_title": column.header[:MAX_PROMPT_TITLE],
                    "error_message": column.note[:MAX_PROMPT],
                },
            )


def _write_row(
    sheet: Worksheet, row: int, columns: Sequence[TemplateColumn], cells: Sequence[str | None]
) -> None:
    """Write what is known already; a number only where a spreadsheet keeps every digit of it."""
    for position, (column, text) in enumerate(zip(columns, cells, strict=True)):
        if text is None:
            continue
        if column.form == "number" and f"{float(text):.{DIGITS_KEPT}g}" == text:
            sheet.write_number(row, position, float(text))
        else:
            sheet.write_string(row, position, text)


def write_identity(sheet: Worksheet, identity: Mapping[str, str]) -> None:
    for row, (key, value) in enumerate([("key", "value"), *identity.items()]):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()


def column_width(column: TemplateColumn) -> int:
    """Return a column width in characters; a Chinese character takes two."""
    texts = [column.header, column.sample, *column.options]
    widest = max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in texts)
    return min(max(widest + 2, _MIN_WIDTH), _MAX_WIDTH)


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))

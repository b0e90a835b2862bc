"""A workbook with its faults in it: a list in front, faulty cells red, each with a comment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.store.numbers import is_decimal
from junheng.engine.store.replace import replaced
from junheng.engine.store.template_book import (
    IDENTITY_SHEET,
    LAST_ROW,
    LISTS_SHEET,
    Styles,
    column_width,
    write_identity,
)
from junheng.engine.store.workbook import sheet_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from junheng.engine.store.template_book import TemplateColumn

MAX_COMMENTS = 2_000
"""Comments on one sheet: spreadsheets open many thousands slowly. Further cells are red alone."""

DIGITS_KEPT = 15
MAX_COMMENT = 2_000

Cell = tuple[int, int]
"""Row as the person sees it (from 1) and column (from 0)."""


@dataclass(frozen=True)
class MarkedSheet:
    """One table as it came: headers, (row number, cells) in order, and what is wrong.

    `faulty` gives every faulty cell, `comments` the text for at most `MAX_COMMENTS` of them.
    `head_rows` are rows of notes and samples.
    """

    headers: Sequence[str]
    columns: Sequence[TemplateColumn]
    rows: Iterable[tuple[int, Sequence[str | None]]]
    faulty: frozenset[Cell]
    comments: Mapping[Cell, str]
    head_rows: frozenset[int] = frozenset()


@dataclass(frozen=True)
class FaultList:
    """The first sheet: `rows` are lines of text, each with the sheet and cell it speaks of."""

    name: str
    title: str
    headers: Sequence[str]
    rows: Sequence[tuple[Sequence[str], str, Cell | None]]
    notes: Sequence[str] = field(default_factory=tuple)


def write_marked_book(
    path: Path,
    faults: FaultList,
    sheets: Mapping[str, MarkedSheet],
    identity: Mapping[str, str],
    *,
    last_row: int = LAST_ROW,
) -> int:
    """Write the workbook, whole or not at all; return how many rows a sheet had no room for.

    Cells keep their row and column. `last_row` is the last row that a sheet can hold.
    """
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with replaced(path) as new, Workbook(str(new), options) as book:
        first = book.add_worksheet(sheet_name(faults.name))
        marked = _Marked(book, {name: sheet.columns for name, sheet in sheets.items()})
        n_left_out = sum(
            marked.write(book.add_worksheet(sheet_name(name)), sheet, last_row)
            for name, sheet in sheets.items()
        )
        _write_list(book, first, faults, last_row)
        marked.write_lists(book.add_worksheet(LISTS_SHEET))
        write_identity(book.add_worksheet(IDENTITY_SHEET), identity)
    return n_left_out


def _write_list(book: Workbook, sheet: Worksheet, faults: FaultList, last_row: int) -> None:
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF5", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"font_color": "#0B5CAD", "underline": 1, "valign": "top"})
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 3, 18)
    sheet.set_column(4, 5, 60)
    sheet.write_string(0, 0, faults.title, bold)
    for number, note in enumerate(faults.notes, start=1):
        sheet.write_string(number, 0, note)
    top = len(faults.notes) + 1
    for column, header in enumerate(faults.headers):
        sheet.write_string(top, column, header, head)
    for number, (texts, target, cell) in enumerate(faults.rows, start=top + 1):
        if cell is not None and cell[0] <= last_row + 1:
            place = f"internal:'{sheet_name(target)}'!{_name(cell)}"
            sheet.write_url(number, 0, place, link, texts[0])
        else:
            sheet.write_string(number, 0, texts[0], wrapped)
        for column, text in enumerate(texts[1:], start=1):
            sheet.write_string(number, column, text, wrapped)


class _Marked:
    """Writes the tables of one workbook: the formats, and the places of the drop-downs."""

    def __init__(self, book: Workbook, columns: Mapping[str, Sequence[TemplateColumn]]) -> None:
        self.styles = Styles(book)
        red = {"bg_color": "#F9D5D1", "border": 1, "border_color": "#C0341D"}
        self.red = {
            form: book.add_format({**red, "num_format": text})
            for form, text in {"text": "@", "date": "yyyy-mm-dd", "number": "General"}.items()
        }
        self.red_header = book.add_format({**red, "bold": True, "text_wrap": True})
        self.columns = columns
        self.places = _places(columns)

    def write_lists(self, sheet: Worksheet) -> None:
        """Write the hidden sheet of options; it comes last, its places are known before."""
        options = list(self.places)
        for row in range(max(map(len, options), default=0)):
            for column, words in enumerate(options):
                if row < len(words):
                    sheet.write_string(row, column, words[row])
        sheet.very_hidden()

    def write(self, sheet: Worksheet, told: MarkedSheet, last_row: int) -> int:
        """Write one table; return how many rows had no room."""
        self._prepare(sheet, told)
        self._write_headers(sheet, told)
        n_left_out = 0
        for number, cells in told.rows:
            if number - 1 > last_row:
                n_left_out += 1
                continue
            style = self.styles.note if number in told.head_rows else None
            self._write_row(sheet, number, cells, told, style)
        return n_left_out

    def _prepare(self, sheet: Worksheet, told: MarkedSheet) -> None:
        sheet.freeze_panes(1, 1)
        for position, column in enumerate(told.columns):
            style = self.styles.cells[column.form]
            sheet.set_column(position, position, column_width(column), style)
            if column.options:
                source = self.places[tuple(column.options)]
                rule = {"validate": "list", "source": source, "ignore_blank": True}
                sheet.data_validation(1, position, LAST_ROW, position, rule)

    def _write_headers(self, sheet: Worksheet, told: MarkedSheet) -> None:
        for position, header in enumerate(told.headers):
            required = told.columns[position].is_required
            usual = self.styles.required if required else self.styles.header
            style = self.red_header if (1, position) in told.faulty else usual
            sheet.write_string(0, position, header, style)
            _comment(sheet, told, (1, position))

    def _write_row(
        self,
        sheet: Worksheet,
        number: int,
        cells: Sequence[str | None],
        told: MarkedSheet,
        style: Format | None,
    ) -> None:
        for position, text in enumerate(cells):
            form = told.columns[position].form
            used = self.red[form] if (number, position) in told.faulty else style
            _comment(sheet, told, (number, position))
            if text is None:
                if used is not None:
                    sheet.write_blank(number - 1, position, None, used)
            elif form == "number" and is_decimal(text) and _keeps_digits(text):
                sheet.write_number(number - 1, position, float(text), used)
            else:
                sheet.write_string(number - 1, position, text, used)


def _comment(sheet: Worksheet, told: MarkedSheet, cell: Cell) -> None:
    # With its row: in this mode of the writer rows cannot be gone back to.
    text = told.comments.get(cell)
    if text is not None:
        sheet.write_comment(cell[0] - 1, cell[1], text[:MAX_COMMENT], {"x_scale": 2})


def _places(columns: Mapping[str, Sequence[TemplateColumn]]) -> dict[tuple[str, ...], str]:
    from xlsxwriter.utility import xl_col_to_name

    lists = dict.fromkeys(tuple(c.options) for some in columns.values() for c in some if c.options)
    return {
        words: f"={LISTS_SHEET}!${xl_col_to_name(ix)}$1:${xl_col_to_name(ix)}${len(words)}"
        for ix, words in enumerate(lists)
    }


def _keeps_digits(text: str) -> bool:
    return f"{float(text):.{DIGITS_KEPT}g}" == text


def _name(cell: Cell) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(cell[0] - 1, cell[1]))

"""Pages of HTML, which many systems export under the name .xls: each table is like a sheet.

Tables are named “1”, “2”, ... in the order of the page. A cell over several rows or columns is a
merged cell. Where a spreadsheet program kept the exact number beside the shown one (`x:num`), that
one counts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from junheng.engine.store.encoding import EncodingUnknownError, decode
from junheng.engine.store.faults import refused
from junheng.engine.store.grid import (
    MAX_HEADER_ROW,
    MIN_KNOWN_HEADERS,
    Block,
    Grid,
    n_known,
    settle_grid,
)
from junheng.engine.store.html_tokens import Tag, tokens
from junheng.engine.store.limits import MAX_COLUMNS, MIB
from junheng.engine.store.numbers import is_decimal
from junheng.engine.store.sheets import chosen
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from junheng.engine.store.grid import NumberedRow, OpenedTable
    from junheng.engine.store.session import Session

MAX_BYTES = 64 * MIB
"""A page of 77,000 pupils in 20 columns has about 60 MiB."""

MAX_ROWS = 200_000
"""Rows of one table on a page."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
_HEAD_BYTES = 4_096
_OTHER_CHARSETS = {"big5": "cp950", "big5-hkscs": "big5hkscs"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_WHOLE = re.compile("[0-9]{1,6}")
_BREAKS = frozenset({"br", "p", "div", "li"})


@dataclass
class HtmlTable:
    """One table of a page. `rows` holds texts by row and column, both counted from 0."""

    name: str
    rows: list[dict[int, str]] = field(default_factory=list)
    merged: list[Block] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    is_visible: bool = True

    @property
    def has_values(self) -> bool:
        """Whether it holds rows below a first one, and more than one column: others are frames."""
        return sum(map(bool, self.rows)) > 1 and self.n_columns > 1

    @property
    def n_columns(self) -> int:
        """Number of columns up to the last one with a value."""
        return max((max(row) + 1 for row in self.rows if row), default=0)

    def numbered(self) -> Iterator[NumberedRow]:
        """Yield the rows that hold any value, numbered from 1."""
        width = self.n_columns
        for number, row in enumerate(self.rows, start=1):
            if row:
                yield number, [row.get(column, "") for column in range(width)]


def read_html(
    session: Session,
    path: Path,
    sheet_name: str | None,
    *,
    header_names: Collection[str] = (),
) -> OpenedTable:
    """Read one table of a page.

    Of several that hold values it is the one named, or the only one with known headers.
    """
    tables = _tables(path.name, page_text(path))
    table = chosen(path.name, tables, sheet_name or _known(tables, header_names))
    grid = Grid(
        path.name,
        table.name if len(tables) > 1 else "",
        table.numbered,
        n_columns=table.n_columns,
        merged=table.merged,
        hidden_rows=table.hidden_rows,
    )
    return settle_grid(session, grid, header_names)


def page_text(path: Path) -> str:
    """Return the text of a page: UTF-16 by its mark, Big5 where it says so, UTF-8 or GB18030."""
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise refused(
            path.name,
            say("the page has more than {most} MiB.", most=MAX_BYTES // MIB),
            say("Open it and save it as “Excel workbook (.xlsx)”."),
        )
    try:
        if data.startswith(_UTF16_MARKS):
            return data.decode("utf-16")
        named = _CHARSET.search(data[:_HEAD_BYTES])
        codec = _OTHER_CHARSETS.get(named[1].decode().lower()) if named else None
        return data.decode(codec) if codec else decode(data).text
    except (UnicodeDecodeError, EncodingUnknownError) as error:
        raise refused(
            path.name,
            say("the encoding of the page is unknown."),
            say("Open it and save it as “Excel workbook (.xlsx)”."),
        ) from error


def _known(tables: Sequence[HtmlTable], header_names: Collection[str]) -> str | None:
    """Return the name of the only table that has known headers among its first rows."""
    found = [
        table.name
        for table in tables
        if table.has_values
        and any(
            n_known(cells, header_names) >= MIN_KNOWN_HEADERS
            for _, cells in islice(table.numbered(), MAX_HEADER_ROW)
        )
    ]
    return found[0] if len(found) == 1 else None


def _tables(name: str, page: str) -> list[HtmlTable]:
    reading = _Reading(name)
    for token in tokens(page):
        if isinstance(token, str):
            reading.text(token)
        elif token.is_end:
            reading.end(token.name)
        else:
            reading.start(token)
    return reading.tables


class _Open:
    """A table whose end has not come yet.

    `covered` says, by column, down to which row a cell of a row above takes it.
    """

    def __init__(self, table: HtmlTable) -> None:
        self.table = table
        self.cell: Tag | None = None
        self.texts: list[str] = []
        self.column = 0
        self.covered: dict[int, int] = {}


class _Reading:
    """Builds the tables of a page tag by tag, tables inside tables too."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.tables: list[HtmlTable] = []
        self._open: list[_Open] = []

    def start(self, tag: Tag) -> None:
        """Take an opening tag."""
        if tag.name == "table":
            self.tables.append(HtmlTable(str(len(self.tables) + 1)))
            self._open.append(_Open(self.tables[-1]))
        elif self._open and tag.name == "tr":
            self._end_cell()
            self._begin_row(tag)
        elif self._open and tag.name in {"td", "th"}:
            self._end_cell()
            if not self._open[-1].table.rows:
                self._begin_row(tag)
            self._open[-1].cell = tag
        elif tag.name in _BREAKS:
            self.text(" ")
        elif tag.name == "":
            self.text("<")

    def end(self, name: str) -> None:
        """Take a closing tag."""
        if not self._open:
            return
        if name in {"td", "th", "tr"}:
            self._end_cell()
        elif name == "table":
            self._end_cell()
            self._open.pop()

    def text(self, text: str) -> None:
        """Take text; it counts inside a cell only."""
        if self._open and self._open[-1].cell is not None:
            self._open[-1].texts.append(text)

    def _begin_row(self, tag: Tag) -> None:
        current = self._open[-1]
        if len(current.table.rows) >= MAX_ROWS:
            raise self._too_large()
        current.table.rows.append({})
        current.column = 0
        if "hidden" in tag.attributes or _HIDDEN.search(tag.attributes.get("style", "")):
            current.table.hidden_rows.add(len(current.table.rows))

    def _end_cell(self) -> None:
        current = self._open[-1]
        if current.cell is None:
            return
        n_rows = _span(current.cell, "rowspan", MAX_ROWS)
        n_columns = _span(current.cell, "colspan", MAX_COLUMNS + 1)
        row = len(current.table.rows)
        while current.covered.get(current.column, 0) >= row:
            current.column += 1
        column = current.column
        if column + n_columns > 2 * MAX_COLUMNS:
            raise self._too_large()
        if n_rows > 1 or n_columns > 1:
            block = Block(row, row + n_rows - 1, column, column + n_columns - 1)
            current.table.merged.append(block)
        if n_rows > 1:
            last_row = row + n_rows - 1
            current.covered.update(dict.fromkeys(range(column, column + n_columns), last_row))
        if text := _cell_text(current.cell, "".join(current.texts)):
            current.table.rows[-1][column] = text
        current.column = column + n_columns
        current.cell, current.texts = None, []

    def _too_large(self) -> Exception:
        return refused(
            self.file,
            say("the table on the page is larger than is read."),
            say("Open it and save it as “Excel workbook (.xlsx)”."),
        )


def _span(cell: Tag, name: str, most: int) -> int:
    if name not in cell.attributes:
        return 1
    written = cell.attributes[name].strip()
    return min(max(int(written), 1), most) if _WHOLE.fullmatch(written) else 1


def _cell_text(cell: Tag, shown: str) -> str:
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", shown)).strip()
    if "x:num" not in cell.attributes:
        return text
    exact = cell.attributes["x:num"].strip()
    if exact and is_decimal(exact) and is_decimal(text.replace(",", "").replace(" ", "")):
        return exact
    return text

"""The records of a workbook of Excel 95 to 2003 (.xls): sheets, cells, merged and hidden ones.

Read here and not with calamine: a single changed byte makes its reader of this format ask for
hundreds of gigabytes and end the whole process. In this reader nothing is larger than the file;
whatever does not fit raises `BiffError`.

Source: [MS-XLS] Excel Binary File Format, sections 2.4 and 2.5.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.store.biff_text import Pieces, byte_string, shared_strings, unicode_string
from junheng.engine.store.spreadsheet_dates import as_day_or_time, is_date_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
FILEPASS, CODEPAGE, DATEMODE, BOUNDSHEET = 0x002F, 0x0042, 0x0022, 0x0085
FORMAT, FORMAT_OLD, XF, SST = 0x041E, 0x001E, 0x00E0, 0x00FC
NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6
BOOLERR, FORMULA, STRING = 0x0205, 0x0006, 0x0207
MERGED, ROW, COLINFO = 0x00E5, 0x0208, 0x007D

BIFF5, BIFF8 = 0x0500, 0x0600
_WORKSHEET = 0
_ROW_HIDDEN = 0x20
_CALCULATE_ON_LOAD = 0x02
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_CODECS = {936: "gb18030", 950: "cp950", 932: "cp932", 949: "cp949", 1200: "utf-16-le"}

Cell = tuple[int, int]
"""Row and column, both counted from 0."""


class BiffError(Exception):
    """The records are damaged, or of another version."""


class ProtectedError(Exception):
    """The records are encrypted with a password."""


@dataclass
class XlsSheet:
    """One worksheet. `rows` holds texts by row and column; `merged` (first, last) cells.

    `errors` and `uncomputed` name cells with an error value, and formulas that no program has
    computed.
    """

    name: str
    is_visible: bool
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[tuple[Cell, Cell]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[Cell, str] = field(default_factory=dict)
    uncomputed: set[Cell] = field(default_factory=set)

    @property
    def has_values(self) -> bool:
        """Whether any cell holds a value."""
        return bool(self.rows or self.errors or self.uncomputed)


def read_sheets(stream: bytes) -> list[XlsSheet]:
    """Return the worksheets of a workbook stream.

    Raises
    ------
    BiffError
        Damaged, or older than Excel 95.
    ProtectedError
        Encrypted.
    """
    try:
        book = _Book(stream)
        end = 0
        for place, sheet in sorted(book.sheets, key=lambda found: found[0]):
            # Sheets that overlap would be read again and again: no program writes them.
            if place < end:
                raise BiffError
            end = _Sheet(book, place, sheet).fill()
        return [sheet for _, sheet in book.sheets]
    except (struct.error, IndexError, KeyError, ValueError, LookupError, OverflowError) as error:
        raise BiffError from error


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes, int]]:
    """Yield type, content and end of each record; those inside embedded charts are left out."""
    depth = 0
    while place + 4 <= len(stream):
        kind, n_bytes = struct.unpack_from("<HH", stream, place)
        content = stream[place + 4 : place + 4 + n_bytes]
        if len(content) < n_bytes:
            raise BiffError
        place += 4 + n_bytes
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, content, place
    raise BiffError


class _Book:
    """What holds for all sheets: their names and places, shared texts, date formats."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.codec = "cp1252"
        self.is_1904 = False
        self.shared: list[str] = []
        self.sheets: list[tuple[int, XlsSheet]] = []
        self._formats: dict[int, str] = {}
        self._format_of: list[int] = []
        kind, n_bytes = struct.unpack_from("<HH", stream)
        if kind != BOF or n_bytes < 4:
            raise BiffError
        (self.version,) = struct.unpack_from("<H", stream, 4)
        if self.version not in {BIFF5, BIFF8}:
            raise BiffError
        self._read()
        self.is_date = [is_date_format(ix, self._formats.get(ix, "")) for ix in self._format_of]

    def text(self, content: bytes, place: int, *, wide: bool) -> str:
        """Return a text that begins at `place` with its length, of two bytes when `wide`."""
        if self.version == BIFF8:
            return unicode_string(Pieces([content], place), wide=wide)
        return byte_string(content, place, self.codec, wide=wide)

    def _read(self) -> None:
        for kind, content, end in _records(self.stream, 0):
            if kind == FILEPASS:
                raise ProtectedError
            if kind == CODEPAGE:
                number = struct.unpack("<H", content)[0]
                self.codec = _CODECS.get(number, f"cp{number}")
            elif kind == DATEMODE:
                self.is_1904 = content[:1] == b"\1"
            elif kind == BOUNDSHEET:
                self._add_sheet(content)
            elif kind in {FORMAT, FORMAT_OLD}:
                ix = struct.unpack_from("<H", content)[0]
                self._formats[ix] = self.text(content, 2, wide=self.version == BIFF8)
            elif kind == XF:
                self._format_of.append(struct.unpack_from("<H", content, 2)[0])
            elif kind == SST:
                self.shared = shared_strings(self._continued(content, end))

    def _add_sheet(self, content: bytes) -> None:
        place, state, kind = struct.unpack_from("<IBB", content)
        if kind == _WORKSHEET:
            name = self.text(content, 6, wide=False)
            self.sheets.append((place, XlsSheet(name, is_visible=state & 3 == 0)))

    def _continued(self, content: bytes, end: int) -> Pieces:
        """Return a content together with the records that continue it."""
        parts = [content]
        while end + 4 <= len(self.stream):
            kind, n_bytes = struct.unpack_from("<HH", self.stream, end)
            if kind != CONTINUE:
                break
            parts.append(self.stream[end + 4 : end + 4 + n_bytes])
            end += 4 + n_bytes
        return Pieces(parts)


class _Sheet:
    """Reads the records of one sheet into an `XlsSheet`."""

    def __init__(self, book: _Book, place: int, sheet: XlsSheet) -> None:
        self._book = book
        self._place = place
        self._sheet = sheet
        self._text_of: Cell | None = None
        self._readers: dict[int, Callable[[bytes], None]] = {
            NUMBER: self._number,
            RK: self._rk,
            MULRK: self._many_rk,
            LABELSST: self._shared,
            LABEL: self._label,
            RSTRING: self._label,
            BOOLERR: self._flag_or_error,
            FORMULA: self._formula,
            STRING: self._formula_text,
            MERGED: self._merged,
            ROW: self._row,
            COLINFO: self._columns,
        }

    def fill(self) -> int:
        """Read all records into the sheet; return the place where they end."""
        end = self._place
        for kind, content, place in _records(self._book.stream, self._place):
            end = place
            reader = self._readers.get(kind)
            if reader is not None:
                reader(content)
        return end

    def _put(self, row: int, column: int, text: str) -> None:
        if text:
            self._sheet.rows.setdefault(row, {})[column] = text

    def _figure(self, row: int, column: int, style: int, number: float) -> None:
        is_date = self._book.is_date[style] if style < len(self._book.is_date) else False
        day = as_day_or_time(number, is_1904=self._book.is_1904) if is_date else None
        self._put(row, column, day or f"{number:.15g}")

    def _number(self, content: bytes) -> None:
        self._figure(*struct.unpack_from("<HHHd", content))

    def _rk(self, content: bytes) -> None:
        row, column, style, rk = struct.unpack_from("<HHHI", content)
        self._figure(row, column, style, _rk_number(rk))

    def _many_rk(self, content: bytes) -> None:
        row, column = struct.unpack_from("<HH", content)
        for ix in range((len(content) - 6) // 6):
            style, rk = struct.unpack_from("<HI", content, 4 + 6 * ix)
            self._figure(row, column + ix, style, _rk_number(rk))

    def _shared(self, content: bytes) -> None:
        row, column, _, ix = struct.unpack_from("<HHHI", content)
        self._put(row, column, self._book.shared[ix])

    def _label(self, content: bytes) -> None:
        row, column = struct.unpack_from("<HH", content)
        self._put(row, column, self._book.text(content, 6, wide=True))

    def _flag_or_error(self, content: bytes) -> None:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", content)
        if is_error:
            self._sheet.errors[row, column] = _ERRORS.get(value, "#?")
        else:
            self._put(row, column, "TRUE" if value else "FALSE")

    def _formula(self, content: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", content)
        kind, value, mark = content[6], content[8], content[12:14]
        (flags,) = struct.unpack_from("<H", content, 14)
        if mark != b"\xff\xff":
            (number,) = struct.unpack_from("<d", content, 6)
            if number == 0 and flags & _CALCULATE_ON_LOAD:
                self._sheet.uncomputed.add((row, column))
            else:
                self._figure(row, column, style, number)
        elif kind == 0:
            self._text_of = (row, column)
        elif kind == 1:
            self._put(row, column, "TRUE" if value else "FALSE")
        elif kind == 2:
            self._sheet.errors[row, column] = _ERRORS.get(value, "#?")

    def _formula_text(self, content: bytes) -> None:
        if self._text_of is not None:
            self._put(*self._text_of, self._book.text(content, 0, wide=True))
            self._text_of = None

    def _merged(self, content: bytes) -> None:
        (n_blocks,) = struct.unpack_from("<H", content)
        for ix in range(n_blocks):
            top, bottom, left, right = struct.unpack_from("<HHHH", content, 2 + 8 * ix)
            self._sheet.merged.append(((top, left), (bottom, right)))

    def _row(self, content: bytes) -> None:
        row, flags = struct.unpack_from("<H10xI", content)
        if flags & _ROW_HIDDEN:
            self._sheet.hidden_rows.add(row)

    def _columns(self, content: bytes) -> None:
        first, last, flags = struct.unpack_from("<HH4xH", content)
        if flags & 1:
            self._sheet.hidden_columns.update(range(first, min(last, 255) + 1))


def _rk_number(rk: int) -> float:
    """Return a number packed into 30 bits: whole or the upper part of a float, perhaps / 100."""
    if rk & 2:
        number = float((rk >> 2) - (1 << 30 if rk & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (rk & ~3) << 32))
    return number / 100 if rk & 1 else number

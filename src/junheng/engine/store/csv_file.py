"""CSV files: RFC 4180 with commas, in UTF-8 or GB18030, also packed with gzip.

DuckDB reads the regular file. A file with blank lines, lone carriage returns or irregular rows is
read record by record, which tells exactly which rows are wrong.
"""

from __future__ import annotations

import csv
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.store.csv_reader import csv_rows, load_rows, private_file
from junheng.engine.store.encoding import EncodingUnknownError, decode
from junheng.engine.store.faults import raise_any, refused, unclosed_quotation
from junheng.engine.store.raw import kind_of, mistaken, unpacked_gzip
from junheng.engine.store.source import (
    RawRows,
    RowsLostError,
    SourceTable,
    check_first_rows,
    clean,
    settle,
    white_in,
)
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.store.session import Session

_QUOTED = re.compile(r'"[^"]*"')
_GLOB = frozenset("*?[")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

Record = tuple[int, list[str]]
"""A row number as a person counts rows, blank ones included, and the fields of that row."""


def read_csv(session: Session, path: Path) -> SourceTable:
    """Read a .csv or .csv.gz file; `TableFaults` names every irregular row."""
    is_packed = path.suffix.lower() == ".gz"
    data = unpacked_gzip(path) if is_packed else path.read_bytes()
    text, is_as_stored = _text(path.name, data)
    del data
    is_regular = _is_regular(text)
    if not is_regular:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    header_row, header = _frame(path.name, text)
    if is_regular:
        can_read_it = is_as_stored and not is_packed and not _GLOB & set(str(path.resolve()))
        if can_read_it:
            table = _read_at_once(session, path.resolve(), path.name, text, header)
        else:
            with private_file() as file:
                file.write(text)
                file.flush()
                table = _read_at_once(session, Path(file.name), path.name, text, header)
        if table is not None:
            return table
    return _read_records(session, path.name, text, header_row, header)


def _is_regular(text: str) -> bool:
    """Whether lines are rows: no blank line between others, all ended in one way."""
    if text.startswith(("\r", "\n")) or _has_blank_line(text):
        return False
    return "\r" not in text or text.count("\r") == text.count("\n") == text.count("\r\n")


def _has_blank_line(text: str) -> bool:
    """Whether a blank line stands before the last row; linear, however many follow it."""
    end = len(text)
    while end and text[end - 1] in "\r\n":
        end -= 1
    return text.find("\n\n", 0, end) >= 0 or text.find("\n\r\n", 0, end) >= 0


def _text(name: str, data: bytes) -> tuple[str, bool]:
    if data.startswith(_UTF16_MARKS):
        raise refused(
            name,
            say("the text is in UTF-16, not UTF-8 or GB18030."),
            say("Save it as “CSV UTF-8 (comma delimited)”."),
        )
    if kind_of(data[:8]) is not None:
        raise mistaken(name, data[:8], ".csv")
    if b"\0" in data:
        place = data.index(b"\0")
        raise refused(
            name,
            say("there is a NUL byte at byte {n}, so this is no text.", n=place),
            say("Export it again as CSV."),
            row=data.count(b"\n", 0, place) + 1,
        )
    try:
        decoded = decode(data)
    except EncodingUnknownError as unknown:
        raise refused(
            name,
            say(
                "the text is neither UTF-8 (byte {utf8}) nor GB18030 (byte {gb}).",
                utf8=unknown.utf8_offset,
                gb=unknown.gb18030_offset,
            ),
            say("Save it as “CSV UTF-8 (comma delimited)”."),
        ) from unknown
    return decoded.text, decoded.is_as_stored


def _frame(name: str, text: str) -> tuple[int, list[str]]:
    """Return the row and the cells of the header, after a look at it and the row below."""
    first = list(
        islice((record for record in _records(name, text) if any(map(clean, record[1]))), 2)
    )
    if not first:
        raise refused(name, say("the file holds no values."), say("Export it again."))
    row, header = first[0]
    if len(header) == 1 and ("\t" in header[0] or ";" in header[0]):
        raise refused(
            name,
            say("the fields are parted by tabs or semicolons, not by commas."),
            say("Save it as “CSV UTF-8 (comma delimited)”."),
            row=row,
        )
    check_first_rows([cells for _, cells in first], row, name, "")
    return row, header


def _read_at_once(
    session: Session, file: Path, name: str, text: str, header: list[str]
) -> SourceTable | None:
    """Let DuckDB read the whole file; None when there are rows that are not regular."""
    from duckdb import Error

    n_rows = _regular_rows(text, len(header))
    if n_rows is None:
        return None
    columns = [f"c{i}" for i in range(len(header))]
    source = csv_rows(file, columns, has_header=True, has_returns="\r" in text)
    raw = RawRows(
        f"(SELECT row_number() OVER () + 1 AS row_no, * FROM {source})",
        tuple(header),
        header_row=1,
        white=_white_in_cells(text),
        n_rows=n_rows,
    )
    try:
        return settle(session, raw, name)
    except (Error, RowsLostError):
        return None


def _regular_rows(text: str, n_columns: int) -> int | None:
    """Count the rows below the header; None when the commas are not those of as many full rows.

    DuckDB refuses short rows and long ones, but drops a last blank field that is one too many:
    `1,200,` under two headers is a number with a separator in it.
    """
    if '"' in text:
        text = _QUOTED.sub("", text)
    n_rows = text.count("\n", 0, len(text.rstrip("\r\n")))
    return n_rows if text.count(",") == (n_columns - 1) * (n_rows + 1) else None


def _white_in_cells(text: str) -> str:
    """Characters to cut off; line ends only where quotation marks can put them into a cell."""
    white = white_in(text)
    return white if '"' in text else white.replace("\r", "").replace("\n", "")


def _read_records(
    session: Session, name: str, text: str, header_row: int, header: list[str]
) -> SourceTable:
    """Read record by record, counting rows as a person does."""
    kept: list[Record] = []
    faults: list[Fault] = []
    for row, cells in _records(name, text):
        if row <= header_row or not any(map(clean, cells)):
            continue
        if len(cells) == len(header):
            kept.append((row, cells))
        else:
            faults.append(_irregular(name, row, len(cells), len(header)))
    raise_any(faults)
    relation = load_rows(session, kept, len(header))
    return settle(session, RawRows(relation, tuple(header), header_row, white_in(text)), name)


def _irregular(name: str, row: int, n_found: int, n_wanted: int) -> Fault:
    return Fault(
        say(
            "the row has {found} fields, the headers are {wanted}.", found=n_found, wanted=n_wanted
        ),
        say("Check its commas; text that holds a comma must stand in quotation marks."),
        name,
        row=row,
    )


def _records(name: str, text: str) -> Iterator[Record]:
    """Yield every record with its row number."""
    row = 0
    try:
        for cells in csv.reader(_lines(text), strict=True):
            row += 1
            yield row, cells
    except csv.Error as error:
        raise unclosed_quotation(name, row + 1) from error


def _lines(text: str) -> Iterator[str]:
    """Yield lines with their ends; unlike `splitlines`, only a line feed ends a line."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end

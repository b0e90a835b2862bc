"""Text tables that are no plain CSV: parted by tabs, or with a title above the headers."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from junheng.engine.store.encoding import EncodingUnknownError, decode
from junheng.engine.store.faults import raise_any, refused, unclosed_quotation
from junheng.engine.store.grid import MAX_HEADER_ROW, MIN_KNOWN_HEADERS, Grid, n_known, settle_grid
from junheng.engine.store.source import clean
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from junheng.engine.store.grid import NumberedRow, OpenedTable
    from junheng.engine.store.session import Session

_HEAD_BYTES = 65_536
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def is_plain_csv(path: Path, header_names: Collection[str]) -> bool:
    """Whether the first line with values is, as far as is seen, a row of headers with commas."""
    lines = [line for line in _first_lines(path) if clean(line.replace(",", ""))]
    if not lines:
        return True
    if _delimiter(lines) == "\t":
        return False
    counts = [
        n_known((cell.strip('"') for cell in line.split(",")), header_names)
        for line in lines[:MAX_HEADER_ROW]
    ]
    return max(counts) < MIN_KNOWN_HEADERS or counts[0] == max(counts)


def read_delimited(session: Session, path: Path, header_names: Collection[str]) -> OpenedTable:
    """Read text of any size record by record; `TableFaults` names every row of another width."""
    text = _text(path)
    delimiter = _delimiter(text[:_HEAD_BYTES].splitlines())
    records = list(_records(path.name, text, delimiter))
    n_columns = max((len(_without_blank_end(cells)) for _, cells in records), default=0)
    raise_any(_ragged(path.name, records, n_columns))
    rows = [(row, [*cells[:n_columns], *[""] * (n_columns - len(cells))]) for row, cells in records]
    grid = Grid(path.name, "", lambda: iter(rows), n_columns=n_columns)
    return settle_grid(session, grid, header_names)


def _first_lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        data = file.read(_HEAD_BYTES)
    if len(data) == _HEAD_BYTES:
        data = data[: data.rfind(b"\n") + 1]
    try:
        text = _decoded(data)
    except (UnicodeDecodeError, EncodingUnknownError):
        return []
    return text.splitlines()


def _decoded(data: bytes) -> str:
    return data.decode("utf-16") if data.startswith(_UTF16_MARKS) else decode(data).text


def _text(path: Path) -> str:
    try:
        return _decoded(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    except (UnicodeDecodeError, EncodingUnknownError) as error:
        raise refused(
            path.name,
            say("the encoding of the text is unknown."),
            say("Save it as “CSV UTF-8 (comma delimited)”."),
        ) from error


def _delimiter(lines: list[str]) -> str:
    """Return a tab where it parts the lines and commas do not."""
    n_tabs = sum(line.count("\t") for line in lines)
    n_commas = sum(line.count(",") for line in lines)
    return "\t" if n_tabs > n_commas else ","


def _records(name: str, text: str, delimiter: str) -> Iterator[NumberedRow]:
    row = 0
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            row += 1
            if any(map(clean, cells)):
                yield row, cells
    except csv.Error as error:
        raise unclosed_quotation(name, row + 1) from error


def _without_blank_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not clean(cells[end - 1]):
        end -= 1
    return cells[:end]


def _ragged(name: str, records: list[NumberedRow], n_columns: int) -> list[Fault]:
    """Return a fault for each row but titles that has fewer fields than the widest one.

    A lost comma moves every later figure of a row to the wrong column.
    """
    widest = next((ix for ix, (_, cells) in enumerate(records) if len(cells) >= n_columns), 0)
    return [
        Fault(
            say("the row has {found} fields, the headers are {wanted}.",
                found=len(cells), wanted=n_columns),
            say("Check its commas; text that holds a comma must stand in quotation marks."),
            name,
            row=row,
        )
        for row, cells in records[widest:]
        if len(cells) < n_columns
    ]  # fmt: skip

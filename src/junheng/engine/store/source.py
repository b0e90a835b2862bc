"""A table as it came: all text, with the row numbers a person sees, in one relation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.store.faults import raise_any, refused
from junheng.engine.store.limits import MAX_COLUMNS, MAX_ROWS
from junheng.engine.store.numbers import is_decimal
from junheng.engine.store.session import literal
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.store.session import Session

WHITE = " \t\r\n\v\f\u00a0\u200b\u3000\ufeff"
"""Cut off at both ends of a cell: blanks, no-break and ideographic space, byte order mark."""

_YEAR = re.compile("(19|20)[0-9]{2}")


@dataclass(frozen=True)
class SourceTable:
    """A table read from a file.

    `relation` has the columns `row_no` BIGINT (the row a person sees in the file; the header of a
    plain table is row 1) and `c0`, `c1`, ... VARCHAR, trimmed, blank cells NULL. Rows without any
    value are left out. `headers[i]` belongs to column `c{i}` and is written as in the file.
    """

    session: Session
    relation: str
    headers: tuple[str, ...]
    name: str
    sheet: str = ""

    @property
    def n_rows(self) -> int:
        """Number of data rows."""
        return _count(self.session, self.relation)


@dataclass(frozen=True)
class RawRows:
    """Rows on their way from a file into a `SourceTable`.

    `sql` is a FROM item with the columns `row_no`, `c0`, `c1`, ...; `white` holds the characters
    of `WHITE` that occur in the file, since trimming all of them costs as much as reading. When
    there are none, blank cells must be NULL already. `n_rows`, where it is known without
    reading, is what the reader must find.
    """

    sql: str
    headers: tuple[str, ...]
    header_row: int
    white: str = WHITE
    n_rows: int | None = None


class RowsLostError(Exception):
    """The reader found fewer or more rows than the file has lines."""


def clean(text: str) -> str:
    """Cut off blanks at both ends.

    >>> clean("\\u3000 在校生数\\u00a0")
    '在校生数'
    """
    return text.strip(WHITE)


def white_in(text: str) -> str:
    """Return the characters of `WHITE` that occur in a text."""
    return "".join(character for character in WHITE if character in text)


def settle(session: Session, raw: RawRows, name: str, sheet: str = "") -> SourceTable:
    """Clean raw rows into a relation of their own and check its frame.

    Raises
    ------
    TableFaults
        Headers blank, doubled or missing; no data row; more rows or columns than allowed.
    RowsLostError
        The rows are not as many as `raw.n_rows`.
    """
    headers = tuple(clean(header) for header in raw.headers)
    if len(headers) > MAX_COLUMNS:
        raise refused(
            name,
            say("the table has {n} columns, more than {most}.", n=len(headers), most=MAX_COLUMNS),
            say("Keep only the columns that are needed."),
            sheet=sheet,
        )
    relation = session.fresh_name("source")
    session.create(relation, _cleaning(raw, len(headers)))
    if raw.n_rows not in {None, _count(session, relation)}:
        raise RowsLostError
    _drop_blank_rows(session, relation, len(headers))
    kept = _used_columns(session, relation, headers)
    _check_headers([headers[i] for i in kept], kept, raw.header_row, name, sheet)
    _check_size(session, relation, name, sheet)
    if kept != list(range(len(headers))):
        chosen = ", ".join(f"c{i} AS c{place}" for place, i in enumerate(kept))
        session.create(relation, f"SELECT row_no, {chosen} FROM {relation} ORDER BY row_no")
    return SourceTable(session, relation, tuple(headers[i] for i in kept), name, sheet)


def check_first_rows(rows: Sequence[Sequence[str]], header_row: int, name: str, sheet: str) -> None:
    """Refuse a table whose first row is a title, or is data already.

    `rows` are the first row with values and the next one (when there is one).
    """
    header = [cell for cell in map(clean, rows[0]) if cell]
    below = [cell for cell in map(clean, rows[1]) if cell] if len(rows) > 1 else []
    if len(header) == 1 and len(below) > 1:
        raise refused(
            name,
            say("this row holds only “{text}”, a title and not the headers.", text=header[0]),
            say("Delete the rows above the row of headers."),
            sheet=sheet,
            row=header_row,
        )
    numbers = [cell for cell in header if is_decimal(cell) and not _YEAR.fullmatch(cell)]
    if 2 * len(numbers) > len(header):
        raise refused(
            name,
            say("the first row with values holds numbers, so the row of headers is missing."),
            say("Put a row with the names of the columns above the data."),
            sheet=sheet,
            row=header_row,
        )


def _cleaning(raw: RawRows, n_columns: int) -> str:
    columns = [f"c{i}" for i in range(n_columns)]
    cells = ", ".join(f"{_trimmed(column, raw.white)} AS {column}" for column in columns)
    return f"SELECT row_no, {cells} FROM {raw.sql}"


def _drop_blank_rows(session: Session, relation: str, n_columns: int) -> None:
    # Looking first costs nothing; filtering while reading costs as much again as reading.
    is_blank = " AND ".join(f"c{i} IS NULL" for i in range(n_columns))
    if session.rows(f"SELECT 1 FROM {relation} WHERE {is_blank} LIMIT 1"):
        session.create(relation, f"SELECT * FROM {relation} WHERE NOT ({is_blank}) ORDER BY row_no")


def _trimmed(column: str, white: str) -> str:
    if not white:
        return column
    characters = "" if white == " " else f", {literal(white)}"
    return f"nullif(trim({column}{characters}), '')"


def _used_columns(session: Session, relation: str, headers: tuple[str, ...]) -> list[int]:
    """Return the positions of columns with a header or any value; others are no columns at all."""
    blank = [i for i, header in enumerate(headers) if not header]
    if not blank:
        return list(range(len(headers)))
    counts = session.rows(f"SELECT {', '.join(f'count(c{i})' for i in blank)} FROM {relation}")[0]
    empty = {i for i, count in zip(blank, counts, strict=True) if count == 0}
    return [i for i in range(len(headers)) if i not in empty]


def _check_headers(
    headers: list[str], positions: list[int], row: int, name: str, sheet: str
) -> None:
    faults = []
    seen: dict[str, int] = {}
    for header, position in zip(headers, positions, strict=True):
        if not header:
            found = say("the header of column {n} is blank.", n=position + 1)
            remedy = say("Write the name of the column there, or delete the column.")
            faults.append(Fault(found, remedy, name, sheet, row))
        elif header in seen:
            found = say(
                "the header stands twice, in columns {first} and {second}.",
                first=seen[header] + 1,
                second=position + 1,
            )
            remedy = say("Delete or rename one of the two columns.")
            faults.append(Fault(found, remedy, name, sheet, row, header))
        else:
            seen[header] = position
    raise_any(faults)


def _check_size(session: Session, relation: str, name: str, sheet: str) -> None:
    n_rows = _count(session, relation)
    if n_rows == 0:
        raise refused(
            name,
            say("there are headers and no rows of data."),
            say("Add the rows below the headers."),
            sheet=sheet,
        )
    if n_rows > MAX_ROWS:
        raise refused(
            name,
            say("the table has {n} rows, more than {most}.", n=n_rows, most=MAX_ROWS),
            say("Divide it, for example by province."),
            sheet=sheet,
        )


def _count(session: Session, relation: str) -> int:
    return int(str(session.rows(f"SELECT count(*) FROM {relation}")[0][0]))

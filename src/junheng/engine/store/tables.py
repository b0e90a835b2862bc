"""Opening a table of any accepted kind: what is read, and what is refused with a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from junheng.engine.store.grid import OpenedTable
from junheng.engine.store.kinds import ENDINGS, ending_of, kind_of_file
from junheng.engine.store.raw import check_file
from junheng.engine.store.source import SourceTable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from junheng.engine.store.kinds import Kind
    from junheng.engine.store.session import Session
    from junheng.engine.store.sheets import SheetLike

__all__ = [
    "ENDINGS",
    "Book",
    "OpenedTable",
    "SourceTable",
    "ending_of",
    "open_book",
    "open_table",
    "sheets_of",
]


class Book(Protocol):
    """A workbook that is open: its sheets, and how one of them is read."""

    @property
    def sheets(self) -> Sequence[SheetLike]:
        """All worksheets, hidden ones too."""

    def read(
        self,
        session: Session,
        sheet_name: str | None,
        *,
        header_names: Collection[str] = (),
        sheet_names: Collection[str] = (),
    ) -> OpenedTable:
        """Read one sheet; see `open_table`."""


def open_table(
    session: Session,
    path: Path,
    *,
    sheet: str | None = None,
    header_names: Collection[str] = (),
    sheet_names: Collection[str] = (),
) -> OpenedTable:
    """Read a table from a file into the session.

    Parameters
    ----------
    session
        Takes the relation.
    path
        A file with one of the `ENDINGS`; what it is, its content tells.
    sheet
        The sheet of a workbook, or the number of a table on a page; needed only when several hold
        data and no known name says which.
    header_names
        Names of columns that the reader knows. With them the headers may stand below a title,
        within the first ten rows.
    sheet_names
        Names under which the table is known; of several sheets the one of such a name is read.

    Raises
    ------
    TableFaults
        Anything that keeps the table from being read exactly; every fault has a place, what was
        found there and the way out.
    """
    check_file(path)
    kind = kind_of_file(path)
    if book := _book(path, kind):
        return book.read(session, sheet, header_names=header_names, sheet_names=sheet_names)
    if kind == "html":
        from junheng.engine.store.html_file import read_html

        return read_html(session, path, sheet, header_names=header_names)
    if kind == "text":
        return _open_text(session, path, header_names)
    return _open_of_programs(session, path, kind)


def open_book(path: Path) -> Book | None:
    """Open a workbook to read several of its sheets; None for any other file.

    Raises
    ------
    TableFaults
        It cannot be read, or is of a kind that is not.
    """
    check_file(path)
    return _book(path, kind_of_file(path))


def sheets_of(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook that hold values; none for any other file."""
    book = open_book(path)
    return tuple(sheet.name for sheet in book.sheets if sheet.has_values) if book else ()


def _book(path: Path, kind: Kind) -> Book | None:
    if kind == "xlsx":
        from junheng.engine.store.xlsx_file import XlsxBook

        return XlsxBook(path)
    if kind == "xls":
        from junheng.engine.store.xls_file import XlsBook

        return XlsBook(path)
    return None


def _open_of_programs(session: Session, path: Path, kind: Kind) -> OpenedTable:
    """Read what programs write for programs; there is nothing to be told about it."""
    if kind == "parquet":
        from junheng.engine.store.parquet_file import read_parquet

        return OpenedTable(**vars(read_parquet(session, path)))
    from junheng.engine.store.csv_file import read_csv

    return OpenedTable(**vars(read_csv(session, path)))


def _open_text(session: Session, path: Path, header_names: Collection[str]) -> OpenedTable:
    from junheng.engine.store.delimited import is_plain_csv, read_delimited

    if (ending_of(path) != ".csv" or header_names) and not is_plain_csv(path, header_names):
        return read_delimited(session, path, header_names)
    from junheng.engine.store.csv_file import read_csv

    return OpenedTable(**vars(read_csv(session, path)))

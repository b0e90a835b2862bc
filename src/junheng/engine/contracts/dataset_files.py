"""Several datasets at once: a workbook with a sheet for each, or a folder with a file for each.

A sheet or file belongs to the dataset whose name it bears, in Chinese, in English or as its id.
What bears no such name is a fault and not left out in silence: a misspelt sheet would be lost.
Hidden sheets without such a name are passed over: programs keep their lists there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.store.grid import folded
from junheng.engine.store.sheets import check_names
from junheng.engine.store.tables import ENDINGS, ending_of, open_book, open_table, sheets_of
from junheng.engine.store.watermark import SHEETS as WATERMARKS
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from junheng.engine.contracts.catalogue import Catalogue
    from junheng.engine.contracts.records import Contract
    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import Book, OpenedTable

OURS = frozenset(WATERMARKS.values())
"""Sheets that we put into a workbook ourselves and that hold no dataset."""

MIN_SHEETS = 2
"""Sheets named after datasets that make a workbook one of datasets: 学校 alone may be anything."""


def holds_datasets(path: Path, catalogue: Catalogue) -> bool:
    """Whether a workbook or folder holds datasets, going by the names of its sheets or files."""
    known = _by_name(catalogue)
    if path.is_dir():
        return any(folded(_stem(file)) in known for file in _files(path))
    return sum(folded(sheet) in known for sheet in sheets_of(path)) >= MIN_SHEETS


def open_workbook_datasets(
    session: Session, path: Path, catalogue: Catalogue, *, ignore_unknown: bool = False
) -> dict[str, OpenedTable]:
    """Open every dataset of a workbook or folder.

    Parameters
    ----------
    session
        Takes the relations.
    path
        A workbook with a sheet for each dataset, or a folder with a file for each.
    catalogue
        The contracts, whose names are looked for.
    ignore_unknown
        Leave out sheets and files that bear no dataset's name, instead of refusing them.

    Returns
    -------
    dict
        By the id of the dataset, the table as it came; headers may stand below a title.

    Raises
    ------
    TableFaults
        No dataset; two sheets or files of one dataset; an unknown name; a table that cannot be
        read. The faults of all tables are raised together.
    """
    known = _by_name(catalogue)
    sources: dict[str, _Source] = {}
    faults = []
    for name, source in _folder(path) if path.is_dir() else _workbook(path):
        contract = known.get(folded(name))
        if contract is None:
            if not (ignore_unknown or source.is_hidden):
                faults.append(_unknown(source))
        elif contract.id in sources:
            faults.append(_twice(contract, source))
        else:
            sources[contract.id] = source
    if not sources:
        faults.append(_none(path, catalogue))
    return _opened(session, sources, catalogue, faults)


@dataclass(frozen=True)
class _Source:
    """Where a dataset may lie: a file, or a sheet of a workbook that is open.

    `is_hidden` says that nobody sees the sheet: programs keep lists and notes there.
    """

    file: Path
    book: Book | None = None
    sheet: str = ""
    is_hidden: bool = False

    def open(self, session: Session, contract: Contract) -> OpenedTable:
        """Read the table, its headers known from the contract."""
        header_names = [name for field in contract.fields for name in field.names]
        if self.book is not None:
            return self.book.read(session, self.sheet, header_names=header_names)
        return open_table(
            session, self.file, header_names=header_names, sheet_names=_names(contract)
        )


def _folder(folder: Path) -> Iterator[tuple[str, _Source]]:
    for file in _files(folder):
        yield _stem(file), _Source(file)


def _workbook(path: Path) -> Iterator[tuple[str, _Source]]:
    book = open_book(path)
    if book is None:
        return
    check_names(path.name, book.sheets)
    for sheet in book.sheets:
        if sheet.has_values and sheet.name not in OURS:
            yield sheet.name, _Source(path, book, sheet.name, not sheet.is_visible)


def _opened(
    session: Session, sources: Mapping[str, _Source], catalogue: Catalogue, faults: list[Fault]
) -> dict[str, OpenedTable]:
    tables = {}
    n_more = 0
    for dataset, source in sources.items():
        try:
            tables[dataset] = source.open(session, catalogue.contracts[dataset])
        except TableFaults as found:
            faults += found.faults
            n_more += found.n_faults - len(found.faults)
    if faults:
        raise TableFaults(faults, len(faults) + n_more)
    return tables


def _names(contract: Contract) -> tuple[str, ...]:
    return (contract.name.zh, contract.name.en, contract.id)


def _by_name(catalogue: Catalogue) -> dict[str, Contract]:
    return {folded(name): c for c in catalogue.contracts.values() for name in _names(c)}


def _files(folder: Path) -> Iterable[Path]:
    """Yield the tables of a folder; what programs hide there (~$, .~lock) is none."""
    for file in sorted(folder.iterdir()):
        if file.is_file() and not file.name.startswith((".", "~")) and ending_of(file) in ENDINGS:
            yield file


def _stem(file: Path) -> str:
    return file.name[: -len(ending_of(file))]


def _unknown(source: _Source) -> Fault:
    return Fault(
        say("this is the name of no dataset."),
        say("Rename it after the dataset it holds, or take it away."),
        source.file.name,
        source.sheet,
    )


def _twice(contract: Contract, source: _Source) -> Fault:
    return Fault(
        say("the dataset “{dataset}” is there already under another name.", dataset=contract.id),
        say("Put all rows of a dataset into one table."),
        source.file.name,
        source.sheet,
    )


def _none(path: Path, catalogue: Catalogue) -> Fault:
    names = "、".join(contract.name.zh for contract in catalogue.contracts.values())
    return Fault(
        say("no sheet or file is named after a dataset."),
        say("Name each after the dataset it holds: {names}.", names=names),
        path.name,
    )

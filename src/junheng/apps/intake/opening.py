"""From a file or folder to tables, one a dataset: by the datasets named, or by what it tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from junheng.engine import contracts
from junheng.engine.contracts.dataset_files import open_workbook_datasets
from junheng.engine.contracts.marked import FAULT_SHEETS
from junheng.engine.contracts.template import check_template
from junheng.engine.store.tables import ending_of, open_table, sheets_of
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.cells import Context
    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import OpenedTable, SourceTable
    from junheng.errors import Fault

WORKBOOK = ".xlsx"
MARKED = frozenset(FAULT_SHEETS.values())


@dataclass(frozen=True)
class Opened:
    """One dataset as it came."""

    contract: Contract
    table: SourceTable


def open_datasets(
    session: Session, path: Path, name: str, *, wanted: Collection[str], context: Context
) -> tuple[Opened, ...]:
    """Open the datasets of a file or folder, in order of reference.

    Parameters
    ----------
    name
        What messages call the file.
    wanted
        Ids of datasets; none: those that sheets or files are named after, in Chinese, English or
        by their id.
    context
        A workbook made from our template must be of this school year and bureau.

    Raises
    ------
    TableFaults
        Everything that keeps the tables from being read, of all of them.
    """
    try:
        tables = _tables(session, path, wanted)
        _check_template(session, path, tables, context)
    except TableFaults as error:
        named = [_named(fault, path, name) for fault in error.faults]
        raise TableFaults(named, error.n_faults) from error
    return tuple(
        Opened(contract, replace(tables[contract.id], name=_shown(tables[contract.id], path, name)))
        for contract in contracts.contracts()
        if contract.id in tables
    )


def _tables(session: Session, path: Path, wanted: Collection[str]) -> Mapping[str, OpenedTable]:
    chosen = {dataset: contracts.contract(dataset) for dataset in wanted}
    if len(chosen) == 1 and not path.is_dir():
        ((dataset, contract),) = chosen.items()
        table = open_table(
            session,
            path,
            header_names=[name for field in contract.fields for name in field.names],
            sheet_names=(contract.name.zh, contract.name.en, contract.id),
        )
        return {dataset: table}
    catalogue = contracts.load()
    if chosen:
        catalogue = replace(catalogue, contracts=chosen)
    # A workbook that went back with its faults brings the list of them along.
    is_marked = not path.is_dir() and not MARKED.isdisjoint(sheets_of(path))
    ignores = bool(chosen) or is_marked
    return open_workbook_datasets(session, path, catalogue, ignore_unknown=ignores)


def _check_template(
    session: Session, path: Path, datasets: Collection[str], context: Context
) -> None:
    if path.is_dir() or ending_of(path) != WORKBOOK:
        return
    found = [contracts.contract(dataset) for dataset in datasets]
    if faults := check_template(session, path, found, context=context):
        raise TableFaults(faults)


def _shown(table: SourceTable, path: Path, name: str) -> str:
    return f"{name}/{table.name}" if path.is_dir() else name


def _named(fault: Fault, path: Path, name: str) -> Fault:
    return fault if path.is_dir() else replace(fault, source=name)

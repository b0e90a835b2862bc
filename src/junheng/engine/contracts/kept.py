"""Checked rows of a dataset in a file of their own: they need not be read and checked twice.

Only a dataset without any fault is kept. What the file holds is the relation of `reading`: all
rows, every one of them sound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts.findings import Findings
from junheng.engine.contracts.reading import Checked
from junheng.engine.store.session import literal
from junheng.engine.store.source import SourceTable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.contracts.cells import Context
    from junheng.engine.contracts.records import Contract
    from junheng.engine.store.session import Session


def write_rows(checked: Checked, path: Path) -> None:
    """Write the rows of a dataset as Parquet; ValueError when it has a fault."""
    if checked.n_faults:
        raise ValueError(f"{checked.contract.id} has faults")
    checked.table.session.export_parquet(checked.relation, path)


def read_rows(
    session: Session,
    contract: Contract,
    path: Path,
    *,
    context: Context,
    columns: Mapping[str, int],
    name: str,
) -> Checked:
    """Return what `write_rows` kept, in a session in which the dataset was not read yet.

    `columns` are those of the dataset that was kept, `name` is what messages call its file. The
    table itself is not there any more: faults found from here on name fields by the contract.
    """
    session.create(contract.id, f"SELECT * FROM read_parquet({literal(str(path))})")
    n_rows = int(str(session.rows(f"SELECT count(*) FROM {contract.id}")[0][0]))
    table = SourceTable(session, contract.id, (), name)
    findings = Findings(table, contract, {})
    return Checked(contract, table, context, contract.id, dict(columns), findings, n_rows)

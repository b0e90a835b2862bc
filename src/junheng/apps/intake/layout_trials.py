"""Trial readings of a register export: what a layout finds in it, and its rows as our own."""

from __future__ import annotations

import base64
import csv
import io
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.intake.examining import Aim
from junheng.apps.intake.layouts import id_key
from junheng.engine import contracts
from junheng.engine.contracts.mapped import read_mapped_dataset
from junheng.engine.contracts.register_cells import reading
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.apps.intake.models import RegisterSample
    from junheng.engine.contracts.findings import FieldFault
    from junheng.engine.contracts.reading import Checked
    from junheng.engine.contracts.register_mapping import (
        RegisterMapping,
        SourceColumn,
        Suggestion,
    )
    from junheng.engine.store.source import SourceTable

VALUES_SHOWN = 10
FAULTS_SHOWN = 30


@dataclass(frozen=True)
class Value:
    """A cell of the export and what it was read as, None where it cannot be read."""

    text: str
    read: str | None


@dataclass(frozen=True)
class Trial:
    """What a layout finds in an export. `values` are the first of each column, by its key."""

    headers: tuple[str, ...]
    found: Suggestion
    values: dict[str, tuple[Value, ...]]
    n_rows: int
    n_rejected: int
    n_faults: int
    faults: tuple[FieldFault, ...]


def try_layout(sample: RegisterSample, mapping: RegisterMapping) -> Trial:
    """Read an export by a mapping and tell what came of it; nothing is kept.

    TableFaults for a file that cannot be read as a table.
    """
    with _read(sample, mapping) as (table, checked):
        found = mapping.suggest(table.headers)
        values = {
            column.key: _values(table, column, found.matched[column.key], sample.first_year)
            for column in mapping.columns
            if column.key in found.matched
        }
        return Trial(
            headers=table.headers,
            found=found,
            values=values,
            n_rows=checked.n_rows,
            n_rejected=checked.n_rows - checked.n_sound,
            n_faults=checked.n_faults,
            faults=checked.faults(FAULTS_SHOWN),
        )


def rows_as_csv(sample: RegisterSample, mapping: RegisterMapping) -> bytes:
    """Return the rows of an export as a file of our own columns; TableFaults when any is wrong.

    Fields that the export does not have are left out, so that what is stored of them stays.
    """
    with _read(sample, mapping) as (table, checked):
        checked.raise_faults()
        fields = [field for field in checked.contract.fields if field.id in checked.columns]
        names = ", ".join(field.id for field in fields)
        rows = table.session.rows(f"SELECT {names} FROM {checked.relation} ORDER BY row_no")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.header.zh for field in fields])
    writer.writerows(rows)
    return text.getvalue().encode()


@contextmanager
def _read(
    sample: RegisterSample, mapping: RegisterMapping
) -> Iterator[tuple[SourceTable, Checked]]:
    context = Aim(sample.bureau, sample.first_year).context
    contract = contracts.contract(mapping.dataset)
    with tempfile.TemporaryDirectory(prefix="junheng-import-") as folder, Session() as session:
        path = Path(folder) / f"file{''.join(Path(sample.file_name).suffixes[-2:])}"
        path.write_bytes(base64.b64decode(sample.content))
        try:
            opened = open_table(session, path, header_names=mapping.header_names)
        except TableFaults as error:
            named = [replace(fault, source=sample.file_name) for fault in error.faults]
            raise TableFaults(named, error.n_faults) from error
        table = replace(opened, name=sample.file_name)
        key = id_key(sample.bureau)
        yield table, read_mapped_dataset(table, mapping, contract, context, id_key=key)


def _values(
    table: SourceTable, column: SourceColumn, header: str, first_year: int
) -> tuple[Value, ...]:
    cell = f"c{table.headers.index(header)}"
    rows = table.session.rows(
        f"SELECT {cell} FROM {table.relation} WHERE {cell} IS NOT NULL"
        f" ORDER BY row_no LIMIT {VALUES_SHOWN}"
    )
    read = reading(column, first_year)
    return tuple(Value(str(text), read(str(text))) for (text,) in rows)

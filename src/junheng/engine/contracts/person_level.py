"""Measuring from datasets that people filled in: read by contract, checked, then measured.

The folder of Parquet that programs write goes another way, without these checks: see
`junheng.engine.standard.person_level`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from junheng.engine.contracts.catalogue import in_order_of_reference
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.identifiers import SIMULATED_PREFIX
from junheng.engine.contracts.reading import MAX_FAULTS_LISTED, Checked, read_dataset
from junheng.engine.contracts.references import check_references
from junheng.engine.standard.person_level.datasets import DATASETS, Dataset
from junheng.engine.standard.person_level.reader import measure_relations
from junheng.engine.store.grid import folded
from junheng.errors import DataError, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.engine.contracts.catalogue import Catalogue
    from junheng.engine.contracts.records import Contract
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import OpenedTable
    from junheng.i18n import Message

FIRST_MONTH = 9
"""A school year begins in September."""

_NUMBERS_OF_PEOPLE = (("pupils", "identity_number"), ("staff", "identity_number"))


def measure_datasets(
    session: Session,
    tables: Mapping[str, OpenedTable],
    catalogue: Catalogue,
    ruleset: RuleSet,
    *,
    statistics_date: date | None = None,
    ignore_unknown: bool = False,
) -> UnitTable:
    """Check datasets by their contracts and measure them.

    Parameters
    ----------
    session
        Holds the tables and takes the results.
    tables
        Opened tables by dataset, see `dataset_files.open_workbook_datasets`.
    catalogue
        The contracts.
    ruleset
        Says what counts, under `[[person_level]]`.
    statistics_date
        Day on which people count; None: 1 September of the year in which the latest class entered.
    ignore_unknown
        Leave out columns that no contract knows.

    Returns
    -------
    UnitTable
        For `assess`; the notes of the tables stand among its warnings.

    Raises
    ------
    DataError
        A dataset without which nothing can be measured is absent.
    TableFaults
        The faults of all datasets together, those between datasets among them.
    """
    _check_complete(tables)
    day = statistics_date or _first_day(tables["classes"], catalogue.contracts["classes"])
    context = Context(
        day.year if day.month >= FIRST_MONTH else day.year - 1,
        is_simulated=_is_simulated(tables, catalogue),
    )
    checked = [
        read_dataset(tables[c.id], c, context=context, ignore_unknown=ignore_unknown)
        for c in in_order_of_reference(catalogue.contracts.values())
        if c.id in tables
    ]
    check_references(checked)
    _raise_all(checked)
    for dataset in DATASETS:
        _hand_over(session, dataset, checked)
    measured = measure_relations(session, ruleset, statistics_date=day)
    notes = [note for one in checked for note in tables[one.contract.id].notes]
    return replace(measured, warnings=(*notes, *_left_out(checked), *measured.warnings))


def _check_complete(tables: Mapping[str, OpenedTable]) -> None:
    missing = [d.name for d in DATASETS if d.is_required and d.name not in tables]
    if missing:
        raise DataError(
            say(
                "The datasets {names} are missing. Add a sheet or file for each.",
                names=", ".join(missing),
            )
        )


def _first_day(classes: OpenedTable, contract: Contract) -> date:
    cell = _column(classes, contract, "entry_year")
    year = None
    if cell:
        asked = f"SELECT max(TRY_CAST({cell} AS INTEGER)) FROM {classes.relation}"
        year = classes.session.rows(asked)[0][0]
    if year is None or not date.min.year <= int(str(year)) < date.max.year:
        raise DataError(
            say("{file}: no class has an entry year. Name the statistics date.", file=classes.name)
        )
    return date(int(str(year)), FIRST_MONTH, 1)


def _is_simulated(tables: Mapping[str, OpenedTable], catalogue: Catalogue) -> bool:
    """Whether the first identity number there is belongs to an invented person."""
    for dataset, field_id in _NUMBERS_OF_PEOPLE:
        table = tables[dataset]
        cell = _column(table, catalogue.contracts[dataset], field_id)
        if cell:
            rows = table.session.rows(
                f"SELECT {cell} FROM {table.relation} WHERE length({cell}) = 18"
                " ORDER BY row_no LIMIT 1"
            )
            if rows:
                return str(rows[0][0]).startswith(SIMULATED_PREFIX)
    return False


def _column(table: OpenedTable, contract: Contract, field_id: str) -> str:
    """Return the column that holds a field, or "" where the table has none."""
    keys = {folded(name) for name in contract.field(field_id).names}
    return next((f"c{ix}" for ix, h in enumerate(table.headers) if folded(h) in keys), "")


def _raise_all(checked: Sequence[Checked]) -> None:
    if n_faults := sum(one.n_faults for one in checked):
        listed = [fault for one in checked for fault in one.faults()]
        raise TableFaults(listed[:MAX_FAULTS_LISTED], n_faults)


def _hand_over(session: Session, dataset: Dataset, checked: Sequence[Checked]) -> None:
    """Make the typed relation that the measurement takes; empty for an absent dataset."""
    one = next((c for c in checked if c.contract.id == dataset.name), None)
    known = {field.id for field in one.contract.fields} if one else set()
    columns = ", ".join(
        f"CAST({column if column in known else 'NULL'} AS {kind}) AS {column}"
        for column, kind in dataset.columns.items()
    )
    source = f"FROM {one.relation}" if one else "WHERE 1 = 0"
    session.create(dataset.relation, f"SELECT {columns} {source}")


def _left_out(checked: Sequence[Checked]) -> Iterator[Message]:
    for one in checked:
        if one.ignored_headers:
            yield say(
                "{file}: the columns {headers} are unknown and were left out.",
                file=one.table.name,
                headers=", ".join(one.ignored_headers),
            )

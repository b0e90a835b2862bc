"""Reading a table of figures that another source sends, in the columns of the unit table."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.catalogue.sources import Figure
from junheng.engine import contracts
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.reading import read_dataset
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from junheng.apps.registry.api import Bureau

CONTRACT = "unit_table"
NUMBERS = frozenset({"whole", "decimal"})


def unit_table_figures(
    content: bytes, *, name: str, bureau: Bureau, first_year: int
) -> list[Figure]:
    """Return every figure of a unit table by unit; blanks say nothing and are left out.

    Columns that the unit table does not know are ignored.

    Raises
    ------
    TableFaults
        Everything that is wrong with the table.
    """
    contract = contracts.contract(CONTRACT)
    fields = [field.id for field in contract.fields if field.kind in NUMBERS]
    context = Context(first_year, is_simulated=bureau.is_simulated, county_code=bureau.code)
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        checked = read_dataset(
            open_table(session, path), contract, context=context, ignore_unknown=True
        )
        checked.raise_faults()
        rows = session.rows(
            f"SELECT unit_id, school_name, {', '.join(fields)} FROM {checked.relation}"
        )
    return [
        Figure(str(unit), str(school), field, str(value))
        for unit, school, *values in rows
        for field, value in zip(fields, values, strict=True)
        if value is not None
    ]

"""The sample district, person by person, is what the contracts ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine import contracts
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.reading import read_dataset
from junheng.engine.contracts.references import check_references
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import BUREAU, draw_district
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session


def test_a_whole_district_has_no_fault(session: Session, tmp_path: Path) -> None:
    write_persons(draw_persons(draw_district("xigong", years=1), 2025), tmp_path)
    context = Context(2025, is_simulated=True, county_code=BUREAU.code)
    checked = [
        read_dataset(open_table(session, path), contract, context=context)
        for contract in contracts.contracts()
        if (path := tmp_path / f"{contract.id}.parquet").exists()
    ]
    check_references(checked)
    assert len(checked) == 13
    assert {one.contract.id: one.faults(1) for one in checked if one.n_faults} == {}

"""The registry as a folder gives the same results as the folder it was drawn from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.world import drawn, settled

from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import export_folder
from junheng.engine import standard
from junheng.engine.simulation.persons import write_persons
from junheng.engine.standard.assess import assess
from junheng.engine.standard.person_level import is_person_folder, measure_persons
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from pathlib import Path

STATISTICS_DATE = date(2025, 9, 1)
RESULTS = ("units", "cells", "unit_verdicts", "dispersion", "county_verdicts")


def assessed(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    rules = standard.load("cn-2017-quality")
    with Session() as session:
        table = measure_persons(session, folder, rules, statistics_date=STATISTICS_DATE)
        assess(table)
        return {name: sorted(session.rows(f"SELECT * FROM {name}"), key=repr) for name in RESULTS}


@pytest.mark.parametrize("preset", ["village", "dongsheng"])
def test_equal_results(db: None, tmp_path: Path, preset: str) -> None:
    place = settled(preset=preset)
    write_persons(drawn(preset), tmp_path / "drawn")
    with everything(reason="test"):
        n_rows = export_folder(place, tmp_path / "kept")
    assert n_rows["pupils"] == drawn(preset).n_rows("pupils")
    assert is_person_folder(tmp_path / "kept")
    kept, wanted = assessed(tmp_path / "kept"), assessed(tmp_path / "drawn")
    assert wanted["cells"]
    for name in RESULTS:
        assert kept[name] == wanted[name], name

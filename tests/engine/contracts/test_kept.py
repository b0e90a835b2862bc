"""Checked rows come back from their file as they went into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.engine.contracts.conftest import SIMULATED

from junheng.engine.contracts.kept import read_rows, write_rows
from junheng.engine.contracts.references import check_references
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from junheng.engine.contracts.reading import Checked

    Read = Callable[..., Checked]

UNITS = [
    {"校段编号": "U1", "学校标识码": "3153990001", "学段": "小学"},
    {"校段编号": "U2", "学校标识码": "3153990001", "学段": "初中"},
]


def test_it_works(read: Read, tmp_path: Path) -> None:
    checked = read("units", UNITS)
    write_rows(checked, tmp_path / "rows.parquet")
    every = f"SELECT * FROM {checked.relation} ORDER BY row_no"
    with Session() as session:
        again = read_rows(
            session, checked.contract, tmp_path / "rows.parquet",
            context=SIMULATED, columns=checked.columns, name="units.csv",
        )  # fmt: skip
        assert session.rows(every) == checked.table.session.rows(every)
        assert (again.n_rows, again.n_sound, again.n_faults) == (2, 2, 0)
        check_references([again], known={"schools": "(SELECT '1' AS school_id)"})
        fault = again.faults()[0]
        assert (again.n_faults, fault.row, fault.column) == (2, 2, "学校标识码")


def test_a_dataset_with_faults_is_not_kept(read: Read, tmp_path: Path) -> None:
    checked = read("units", [{**UNITS[0], "学段": "nursery"}])
    with pytest.raises(ValueError, match="units has faults"):
        write_rows(checked, tmp_path / "rows.parquet")
    assert not list(tmp_path.glob("*.parquet"))

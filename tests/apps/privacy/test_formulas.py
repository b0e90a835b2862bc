"""No text becomes a formula in a file that goes out, and an import takes it back as it was."""

from __future__ import annotations

import csv
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.apps.privacy.conftest import CLASS_ID, pupil

from junheng.engine import contracts
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.export import write_dataset
from junheng.engine.contracts.reading import read_dataset
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

PUPILS = contracts.contract("pupils")
FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(1)", "＝1+1", '=HYPERLINK("//x","y")')


def written(path: Path, name: str) -> None:
    row = pupil("P1", name, class_id=CLASS_ID)
    with Session() as session:
        session.load("rows", {f.id: [row[f.id]] for f in PUPILS.fields})
        write_dataset(path, session, "rows", PUPILS)


def read(path: Path) -> object:
    with Session() as session:
        names = [name for field in PUPILS.fields for name in field.names]
        table = open_table(session, path, header_names=names)
        checked = read_dataset(table, PUPILS, context=Context(2025, is_simulated=True))
        assert checked.n_faults == 0, checked.faults(5)
        ((name,),) = session.rows("SELECT name FROM pupils")
        return name


@pytest.mark.parametrize("name", FORMULAS)
def test_a_csv_file_quotes_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "pupils.csv"
    written(path, name)
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert row[2] == f"'{name}"
    assert read(path) == name


@pytest.mark.parametrize("name", FORMULAS)
def test_a_workbook_holds_it_as_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / "pupils.xlsx"
    written(path, name)
    with zipfile.ZipFile(path) as file:
        sheets = [file.read(n).decode() for n in file.namelist() if "worksheets/" in n]
    assert not any("<f>" in sheet for sheet in sheets)
    assert read(path) == name


@pytest.mark.parametrize("sign", ["\t", "\r"])
def test_a_sign_that_spreadsheets_pass_over_is_quoted_too(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "pupils.csv"
    written(path, f"{sign}=1+1")
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, row = csv.reader(file)
    assert row[2] == f"'{sign}=1+1"


def test_numbers_and_ids_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "pupils.csv"
    written(path, "O'Neil")
    assert CLASS_ID in path.read_text(encoding="utf-8-sig")
    assert read(path) == "O'Neil"

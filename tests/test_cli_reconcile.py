"""`junheng reconcile`: the result of a monitoring platform beside our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from tests.command_line import call
from tests.unit_tables import unit, write_csv

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "校段编号,学段,指标,指标值,判定,在校生数"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    rows = [unit("A"), unit("B", teaching_area_m2="4300"), unit("C")]
    return write_csv(tmp_path / "ours.csv", rows)


def result(folder: Path, *lines: str) -> Path:
    file = folder / "platform.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return file


def test_every_difference_with_its_cause(ours: Path, tmp_path: Path) -> None:
    platform = result(
        tmp_path,
        "A,小学,R4,4.50,达标,1000",
        "A,小学,R1,4.20,未达标,1000",
        "B,小学,R4,4.50,达标,1000",
        "B,小学,teaching_area_m2,4700,,",
        "D,小学,R1,4.20,达标,900",
        "校际差异系数,小学,R4,0.000,达标,",
    )
    found = call("reconcile", ours, platform, "--json").json
    causes = {(d["unit_id"], d["indicator"]): d["cause"] for d in found["differences"]}
    assert causes == {
        ("A", "R1"): "other_limit",
        ("B", "R4"): "source_figure",
        ("C", ""): "unit_missing_there",
        ("D", ""): "unit_missing_here",
        ("", "R4"): "follows_from_cells",
    }
    assert (found["n_cells"], found["n_coefficients"]) == (3, 1)
    assert next(d for d in found["differences"] if d["unit_id"] == "B")["facts"] == [
        "teaching_area_m2"
    ]
    book = tmp_path / "differences.xlsx"
    told = call("--lang", "en", "reconcile", ours, platform, "--out", book).out
    written = {(row[0], row[3]): row[6] for row in load_workbook(book).worksheets[0].values}
    assert written["B", "R4"] == "a source figure differs"
    assert "a source figure differs" in told
    assert "5 differences in 3 cells and 1 coefficients." in told


def test_all_faults_of_the_table_at_once(ours: Path, tmp_path: Path) -> None:
    platform = result(
        tmp_path,
        "A,小学,R4,约4.5,达标,1000",
        "A,高中,R1,4.20,达标,1000",
        "A,小学,R9,4.20,达标,1000",
        "A,小学,R4,4.50,也许,1001",
    )
    outcome = call("--lang", "en", "reconcile", ours, platform)
    assert outcome.code == 2
    for words in ("约4.5", "高中", "r9", "也许", "another number of pupils", "stands here twice"):
        assert words in outcome.err


def test_a_table_without_the_columns(ours: Path, tmp_path: Path) -> None:
    file = tmp_path / "platform.csv"
    file.write_text("校段编号,学段\nA,小学\n", encoding="utf-8")
    outcome = call("--lang", "en", "reconcile", ours, file)
    assert outcome.code == 2
    assert "指标值" in outcome.err


def test_several_counties_are_refused(tmp_path: Path) -> None:
    rows = [unit("A", county_code="110101"), unit("B", county_code="110102")]
    ours = write_csv(tmp_path / "two.csv", rows)
    platform = result(tmp_path, "A,小学,R4,4.50,达标,1000")
    outcome = call("--lang", "en", "reconcile", ours, platform)
    assert outcome.code == 2
    assert "2 counties" in outcome.err


def test_a_workbook_that_cannot_be_written(ours: Path, tmp_path: Path) -> None:
    platform = result(tmp_path, "A,小学,R4,4.50,达标,1000")
    nowhere = tmp_path / "none" / "differences.xlsx"
    outcome = call("--lang", "en", "reconcile", ours, platform, "--out", nowhere)
    assert outcome.code == 2
    assert "cannot be written to" in outcome.err

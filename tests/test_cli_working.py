"""`junheng working`: one figure, term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.unit_tables import unit, write_csv

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [
        unit("A", county_code="110101"),
        unit("B", county_code="110101", teaching_area_m2="4300"),
        unit("C", county_code="110102", kind="special"),
        unit("D", county_code="110102", stage="junior", media_rooms=""),
    ]
    return write_csv(tmp_path / "学校.csv", rows)


def test_a_cell(table: Path) -> None:
    outcome = call("--lang", "en", "working", "B", "R4", "--input", table)
    assert outcome.code == 0
    for text in ("4300", "200", "1 × 4100 ÷ 1000 = 4.1", "4.5", "3.825", "400", "教督〔2017〕6号"):
        assert text in outcome.out


def test_a_cell_as_json(table: Path) -> None:
    found = call("working", "B", "R4", "--input", table, "--json").json
    assert found["value_exact"] == "41/10"
    assert (found["status"], found["gap"], found["amount"]) == ("between85", 400.0, 4100.0)
    assert [(t["fact"], t["weight"], t["value"]) for t in found["terms"]] == [
        ("teaching_area_m2", 1, 4300.0),
        ("indoor_sport_area_m2", -1, 200.0),
    ]


def test_a_missing_cell(table: Path) -> None:
    outcome = call("working", "D", "R7", "--input", table)
    assert outcome.code == 0
    found = call("working", "D", "R7", "--input", table, "--json").json
    assert (found["status"], found["value"], found["gap"]) == ("missing", None, None)


def test_a_coefficient(table: Path) -> None:
    arguments: list[str | Path] = ["primary", "R4", "--input", table, "--county", "110101"]
    outcome = call("--lang", "en", "working", *arguments)
    assert outcome.code == 0
    for text in ("4.3", "0.2", "0.0465116", "0.5"):
        assert text in outcome.out


def test_a_coefficient_as_json(table: Path) -> None:
    """Values 4.5 and 4.1 of equal schools: mean 4.3, S 0.2."""
    found = call("working", "primary", "R4", "--input", table, "--county", "110101", "--json").json
    assert (found["mean"], found["sd"], found["status"]) == (4.3, 0.2, "within")
    assert found["cv"] == pytest.approx(0.2 / 4.3, rel=1e-15)
    assert [share["weight"] for share in found["shares"]] == [0.5, 0.5]


def test_a_coefficient_without_units(table: Path) -> None:
    outcome = call("working", "junior", "R7", "--input", table, "--county", "110102")
    assert outcome.code == 0
    found = call("working", "junior", "R7", "--input", table, "--county", "110102", "--json").json
    assert (found["status"], found["left_out"]) == ("not_computable", ["D"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("Z", "R1"),
        ("A", "R9"),
        ("C", "R1"),
        ("primary", "R1"),
        ("primary", "R1", "--county", "110109"),
        ("junior", "R1", "--county", "110101"),
        ("primary", "R9", "--county", "110101"),
    ],
)
def test_what_has_no_working(table: Path, arguments: tuple[str, ...]) -> None:
    for language in ("zh", "en"):
        outcome = call("--lang", language, "working", *arguments, "--input", table, "--json")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.strip()
        assert "Traceback" not in outcome.err

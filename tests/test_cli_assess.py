"""`junheng assess` as people and scripts use it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
import python_calamine
from tests.command_line import call, run
from tests.nursery import PATIENCE_S
from tests.unit_tables import Row, unit, write_csv

if TYPE_CHECKING:
    from pathlib import Path

ROWS: list[Row] = [
    unit("A", county_code="110101"),
    unit("B", county_code="110101", media_rooms="22", stage="junior"),
    unit("C", county_code="110102", kind="special"),
    unit("D", county_code="110102", pupils="0"),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "学校.csv", ROWS)


def test_it_works(table: Path) -> None:
    outcome = run("--lang", "en", "assess", table)
    assert outcome.code == 0
    for text in ("110101", "110102", "cn-2017-quality@2026.1", "教督〔2017〕6号", "6/7", "2.20 "):
        assert text in outcome.out


def test_chinese_is_the_default(table: Path) -> None:
    outcome = run("assess", table, environment={"JUNHENG_LANG": "", "LANG": "C"})
    assert "县域义务教育优质均衡发展督导评估办法" in outcome.out
    assert "does not" not in outcome.out


def test_no_colour_without_a_terminal(table: Path) -> None:
    assert "\x1b" not in run("assess", table).out


def test_json_of_a_process_is_one_object(table: Path) -> None:
    outcome = run("assess", table, "--json")
    assert outcome.json == call("assess", table, "--json").json
    assert outcome.out.count("\n") == 1
    assert "学校.csv" in outcome.err, "the warning about D goes to standard error"


def test_a_reader_that_leaves_early_is_no_fault(table: Path) -> None:
    """As in `junheng assess ... | head -1`; every row has its own line, so that a pipe fills."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "junheng.cli", "assess", table, "--json"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    os.close(write_end)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_results_as_files(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "results"
    found = call("--lang", "en", "assess", table, "--json", "--out", out).json
    assert {path.name for path in out.iterdir()} == {
        "assessment.xlsx",
        "units.parquet",
        "dispersion.parquet",
        "counties.parquet",
    }
    units = pq.read_table(out / "units.parquet").to_pylist()
    assert [(u["unit_id"], u["verdict"], u["n_met"]) for u in units] == [
        (u["unit_id"], u["verdict"], u["n_met"]) for u in found["units"]
    ]
    assert [u["value_R7"] for u in units] == [2.3, 2.2, None, None]
    counties = pq.read_table(out / "counties.parquet").to_pylist()
    assert [c["resource_allocation"] for c in counties] == [
        v["resource_allocation"] for v in found["verdict"]
    ]


def test_the_workbook_can_be_read(table: Path, tmp_path: Path) -> None:
    call("--lang", "zh", "assess", table, "--json", "--out", tmp_path / "out")
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "out" / "assessment.xlsx"))
    sizes = [len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    assert len(sizes) == 4
    assert sizes[:3] == [1 + 4, 1 + 3 * 7, 1 + 2]


def test_results_are_replaced(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("assess", table, "--json", "--out", out).code == 0
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    smaller = write_csv(tmp_path / "smaller.csv", ROWS[:1])
    assert call("assess", smaller, "--json", "--out", out).code == 0
    assert pq.read_table(out / "units.parquet").num_rows == 1
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_another_rule_set(table: Path) -> None:
    outcome = call("assess", table, "--json", "--rules", "example-local")
    assert outcome.json["ruleset"]["id"] == "example-local"


def test_a_rule_set_by_version(table: Path) -> None:
    outcome = call("assess", table, "--json", "--rules", "cn-2017-quality@2026.1")
    assert outcome.json["ruleset"] == {"id": "cn-2017-quality", "version": "2026.1"}


def test_long_tables_are_summed_up(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "学校.csv", [unit(str(ix)) for ix in range(101)])
    outcome = call("--lang", "en", "assess", table)
    assert "101 stage units; --out or --json gives each." in outcome.out


@pytest.mark.parametrize("arguments", [["assess"], ["assess", "a.csv", "--engine", "abacus"], []])
def test_wrong_arguments(arguments: list[str]) -> None:
    outcome = call(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "usage" in outcome.err


@pytest.mark.parametrize("command", ["assess", "working", "rules"])
def test_help_has_an_example(command: str) -> None:
    for language, example in (("en", "Example: "), ("zh", "示例：")):
        outcome = run(command, "--help", environment={"JUNHENG_LANG": language})
        assert outcome.code == 0
        assert f"{example}junheng {command}" in " ".join(outcome.out.split())

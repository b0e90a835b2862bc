"""`junheng mappings` as an officer uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A funding table with a title above and one column under another name."""
    path = tmp_path / "导出.xls"
    rows = "<tr><td>学校标识码<td>年度<td>公用经费支出（万元）<td>教师培训支出（万元）<td>电话"
    body = f"<tr><td colspan=5>某区经费统计表{rows}<tr><td>2153990001<td>2025<td>68<td>3<td>1"
    path.write_text(f"<html><table>{body}</table></html>", encoding="gb18030")
    return path


def test_it_lists_every_mapping() -> None:
    outcome = call("--lang", "en", "mappings")
    assert outcome.code == 0, outcome.err
    for text in ("pupil-register", "staff-register", "funding-statistics", "alagoas-2020"):
        assert text in outcome.out
    rows = {row["id"]: row for row in call("mappings", "--json").json["mappings"]}
    assert rows["pupil-register"]["confirmation"] == "L"
    assert rows["pupil-register"]["dataset"] == "pupils"
    assert "待核对" in rows["pupil-register"]["name"]
    assert rows["tainan-2014"]["dataset"] == "unit_table"


def test_one_mapping() -> None:
    outcome = call("--lang", "en", "mappings", "staff-register")
    assert outcome.code == 0, outcome.err
    assert "The layout is not published" in outcome.out
    assert "backbone_level" in outcome.out


def test_how_it_fits_a_file(export: Path) -> None:
    found = call("mappings", "funding-statistics", "--check", export, "--json").json["found"]
    assert found["matched"]["account.amount_yuan"] == "公用经费支出（万元）"
    assert found["missing"] == ["budget.amount_yuan", "training.amount_yuan"]
    assert found["near"]["training.amount_yuan"] == "教师培训支出（万元）"
    assert found["unknown"] == ["教师培训支出（万元）", "电话"]
    shown = call("--lang", "en", "mappings", "funding-statistics", "--check", export)
    assert "Columns that the mapping does not know: 教师培训支出（万元）, 电话." in shown.out


def test_a_renamed_column_is_put_right(export: Path, tmp_path: Path) -> None:
    own = tmp_path / "本区.toml"
    correction = "training.amount_yuan=教师培训支出（万元）"
    outcome = call("mappings", "funding-statistics", "--set", correction, "--out", own)
    assert outcome.code == 0, outcome.err
    found = call("mappings", own, "--check", export, "--json").json["found"]
    assert found["missing"] == ["budget.amount_yuan"]
    assert found["unknown"] == ["电话"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "There is no mapping “nothing”"),
        (["staff-register", "--set", "name"], "is not of the form COLUMN=HEADER"),
        (["staff-register", "--set", "nmae=姓名"], "has no column “nmae”"),
        (["staff-register", "--out", "a.txt"], "does not end in .toml"),
        (["staff-register", "--out", "/absent/a.toml"], "cannot be written to"),
        (["staff-register", "--check", "absent.xls"], "there is no such file"),
    ],
)
def test_bad_input(words: list[str], message: str) -> None:
    outcome = call("--lang", "en", "mappings", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err

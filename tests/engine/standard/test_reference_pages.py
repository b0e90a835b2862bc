"""The reference pages name every column and status, and their example can be assessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.command_line import call

from junheng.engine import standard
from junheng.engine.standard import unit_table
from junheng.engine.standard.words import STATUS_WORDS

PAGES = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("page", ["unit-table.md", "unit-table.zh.md"])
def test_every_column_is_named(page: str) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    for ruleset in ("cn-2017-quality", "cn-2012-basic"):
        for column in unit_table.columns(standard.load(ruleset)):
            assert f"| `{column.id}` | {column.headers[0]} |" in text


@pytest.mark.parametrize("page", ["unit-table.md", "unit-table.zh.md"])
def test_the_example_can_be_assessed(page: str, tmp_path: Path) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    example = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)[0]
    table = tmp_path / "example.csv"
    table.write_text(example, encoding="utf-8")
    found = call("assess", table, "--json").json
    assert [u["verdict"] for u in found["units"]] == ["pass", "fail"]


@pytest.mark.parametrize("page", ["assess-json.md", "assess-json.zh.md"])
def test_every_status_is_named(page: str) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    assert [status for status in STATUS_WORDS if f"`{status}`" not in text] == []

"""The reference pages list exactly the cells that the layout reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from junheng.engine.annual_statistics.layout import load_layout
from junheng.engine.annual_statistics.paths import shown

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("page", ["annual-statistics.md", "annual-statistics.zh.md"])
def test_every_figure_stands_in_the_page(page: str) -> None:
    layout = load_layout()
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line.startswith("| `")]
    expected = [
        f"| `{f.id}` | `{f.fact}` | 教基{f.table} | {shown(f.cells[0][0])} × "
        f"{shown(f.cells[0][1])} | {shown(f.headers[0])} |"
        for f in layout.figures.values()
        if f.fact
    ]
    assert listed == expected


@pytest.mark.parametrize("page", ["annual-statistics.md", "annual-statistics.zh.md"])
def test_every_kind_of_school_stands_in_the_page(page: str) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert all(kind.names[0] in text for kind in load_layout().kinds)

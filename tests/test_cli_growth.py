"""`junheng growth fit`: one JSON object for programs, tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.engine.growth.test_small_models import BALANCED

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    path = tmp_path / "成绩.csv"
    rows = zip(*BALANCED.values(), strict=True)
    lines = [",".join(BALANCED), *(",".join(map(str, row)) for row in rows), "C,"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_it_works(marks: Path) -> None:
    done = call("growth", "fit", marks, "--outcome", "score", "--groups", "class", "--json")
    assert (done.code, done.err) == (0, "")
    found = done.json
    assert list(found) == [
        "criterion", "method", "n", "n_dropped", "fixed", "variances", "residual", "effects",
        "singular",
    ]  # fmt: skip
    assert (found["method"], found["n"], found["n_dropped"]) == ("reml", 12, 1)
    assert found["variances"][0]["group"] == "class"
    assert found["variances"][0]["terms"] == ["(Intercept)"]
    assert found["effects"][2].keys() == {"group", "level", "term", "estimate", "se"}
    assert found["singular"] is False


def test_people_read_intervals_and_words(marks: Path) -> None:
    done = call("growth", "fit", marks, "--outcome", "score", "--groups", "class", "--lang", "en")
    assert done.code == 0
    for text in ("12 rows, 1 left out as incomplete.", "(Intercept)", "17.0000", "above", "below"):
        assert text in done.out
    chinese = call(
        "growth", "fit", marks, "--outcome", "score", "--groups", "class", "--lang", "zh"
    )
    assert "共 12 行，另有 1 行因不完整未计入。" in chinese.out


def test_a_fault_ends_with_2_and_names_the_way_out(marks: Path) -> None:
    done = call(
        "growth", "fit", marks, "--outcome", "grade", "--groups", "class", "--json", "--lang", "en"
    )
    assert (done.code, done.out) == (2, "")
    assert "has no column grade. It has: class, score." in done.err

"""`junheng quality`: what is printed for people and for programs."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest
from tests.engine.quality.tables import sample
from tests.unit_tables import write_csv

from junheng.commands import quality
from junheng.i18n import untranslated

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def slipped(tmp_path: Path) -> Path:
    rows = sample()
    rows[0]["equipment_yuan"] = f"{float(rows[0]['equipment_yuan']) / 10_000:.4f}"
    return write_csv(tmp_path / "units.csv", rows)


def run(path: Path, **changes: object) -> int:
    words = {
        "input": path,
        "mapping": None,
        "rules": None,
        "sheet": None,
        "district_wide": False,
        "ignore_unknown": False,
        "last_year": None,
        "quality_rules": None,
        "json": False,
        "lang": "en",
    }
    return quality.run(argparse.Namespace(**(words | changes)), untranslated)


def test_it_works(slipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(slipped) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "in 59 stage units. None was changed." in printed
    assert f"{float(sample()[0]['equipment_yuan']):.0f}" in printed
    assert "CV R6" in printed


def test_json_gives_every_outcome(slipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(slipped, json=True) == 0
    document = json.loads(capsys.readouterr().out)
    first = document["findings"][0]
    before = float(sample()[0]["equipment_yuan"])
    assert (first["rule"], first["field"], first["likely"]) == (
        "unit_slip",
        "equipment_yuan",
        before,
    )
    assert first["effect"]["now"]["cells"]["R6"]["status"] == "below85"
    assert first["effect"]["corrected"]["cells"]["R6"]["status"] == "met"
    assert document["quality_rules"][0]["id"] == "unit-table"


def test_last_year_is_compared(
    slipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write_csv(tmp_path / "before.csv", sample(ago=1))
    assert run(slipped, json=True, last_year=before) == 0
    first = json.loads(capsys.readouterr().out)["findings"][0]
    assert "changed_since_last_year" in first["also"]


def test_a_sound_table_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_csv(tmp_path / "units.csv", sample(seed=1))) == 0
    assert capsys.readouterr().out.startswith("0 suspicious figures in 59 stage units.")

"""`junheng template`: through its own parser, as the command line calls it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from junheng.commands import template
from junheng.engine.contracts.template import TEMPLATE_ID
from junheng.engine.store.session import Session
from junheng.engine.store.template_book import read_identity
from junheng.errors import DataError, NotFound
from junheng.i18n import untranslated

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    template.add_arguments(parser, untranslated)
    arguments = parser.parse_args([str(word) for word in words])
    arguments.lang = "en"
    return template.run(arguments, untranslated)


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.xlsx"
    assert run("pupils", "classes", "--out", path, "--year", "2024", "--county", "990101") == 0
    assert "2 sheets" in capsys.readouterr().out
    with Session() as session:
        identity = read_identity(session, path)
    assert identity is not None
    assert (identity["template"], identity["school_year"]) == (TEMPLATE_ID, "2024")


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.xlsx"
    run("pupils", "--out", path, "--year", "2025", "--json", "--no-sample")
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"file": str(path), "school_year": 2025, "datasets": ["pupils"]}


def test_without_datasets_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    run("--json")
    listed = {row["id"] for row in json.loads(capsys.readouterr().out)["datasets"]}
    assert {"schools", "classes", "pupils", "staff", "rooms", "unit_table"} <= listed
    run()
    assert "pupils" in capsys.readouterr().out


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="students"):
        run("students", "--out", tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="--out"):
        run("pupils")
    with pytest.raises(DataError, match="xlsx"):
        run("pupils", "--out", tmp_path / "a.csv")
    with pytest.raises(DataError, match="folder"):
        run("pupils", "--out", tmp_path / "no" / "a.xlsx")
    assert list(tmp_path.iterdir()) == []

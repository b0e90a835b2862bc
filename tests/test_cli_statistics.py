"""`junheng statistics` and `junheng assess` on annual returns: exit codes, text, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.engine.annual_statistics import books

from junheng.engine import simulation
from junheng.engine.simulation.persons import draw_persons, write_persons

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    write_persons(draw_persons(simulation.draw_district("village", years=1), 2025), folder)
    return folder


@pytest.fixture
def returns(tmp_path: Path) -> Path:
    folder = tmp_path / "returns"
    folder.mkdir()
    for school in books.worked_district():
        books.write_book(folder / f"{school.name}.xlsx", books.book(school))
    return folder


def test_it_works(returns: Path) -> None:
    shown = call("statistics", "show", returns, "--lang", "en")
    assert shown.code == 0
    assert "4 schools read from 4 workbooks" in shown.out
    assert "丁校" in shown.out


def test_show_as_json(returns: Path) -> None:
    document = call("statistics", "show", returns, "--json").json
    assert document["is_layout_confirmed"] is False
    assert document["layout"]["id"] == "present"
    first = document["schools"][0]
    assert first["school_name"] == "丁校"
    assert first["pupils"] == {"primary": 90}
    assert first["amounts"]["equipment_yuan"] == 198000


@pytest.mark.parametrize("by", ["school", "stage"])
def test_export_and_assess_give_what_the_folder_gives(
    people: Path, tmp_path: Path, by: str
) -> None:
    out = tmp_path / "out"
    written = call("statistics", "export", people, "--out", out, "--by", by, "--json").json
    assert written["differences"] == []
    assert sorted(written["files"]) == sorted(file.name for file in out.iterdir())
    by_tables, by_people = call("assess", out, "--json").json, call("assess", people, "--json").json
    assert len(by_tables.pop("warnings")) == 1
    assert by_people.pop("warnings") == []
    assert by_tables == by_people


def test_assess_says_what_it_read(returns: Path) -> None:
    done = call("assess", returns, "--lang", "en")
    assert done.code == 0
    assert "Annual school statistics: 4 schools" in done.err
    one = call("assess", returns / "甲校.xlsx", "--lang", "en")
    assert "1 schools" in one.err


def test_a_working_of_the_tables(returns: Path) -> None:
    shown = call("working", "丁校-P", "R6", "--input", returns, "--lang", "en")
    assert shown.code == 0
    assert "2200" in shown.out


def test_faults_end_with_code_2(returns: Path, tmp_path: Path) -> None:
    twice = books.book(books.worked_district()[0])
    books.write_book(returns / "again.xlsx", twice)
    done = call("assess", returns, "--lang", "en")
    assert done.code == 2
    assert "again.xlsx" in done.err or "甲校.xlsx" in done.err
    assert call("statistics", "show", tmp_path / "nowhere").code == 2
    assert call("statistics", "show", returns, "--layout", "1999").code == 2


def test_export_goes_into_an_empty_folder_alone(people: Path, returns: Path) -> None:
    refused = call("statistics", "export", people, "--out", returns, "--lang", "en")
    assert refused.code == 2
    assert "not empty" in refused.err
    a_file = returns / "甲校.xlsx"
    assert call("statistics", "export", people, "--out", a_file).code == 2


def test_layouts() -> None:
    listed = call("statistics", "layouts", "--json").json["layouts"]
    assert {(row["id"], row["is_confirmed"]) for row in listed} == {
        ("present", False),
        ("tables-2021", False),
    }
    shown = call("statistics", "layouts", "--lang", "en").out
    assert "layout unconfirmed" in shown

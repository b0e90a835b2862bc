"""`junheng assess` on every kind of file: pages, workbooks and folders of datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from tests.command_line import Outcome, call
from tests.unit_tables import headers, unit, write_csv

from junheng.engine import contracts
from junheng.engine.contracts.export import write_dataset
from junheng.engine.contracts.reading import Context, read_dataset
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.engine.store.workbook import SheetData, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [unit("A"), unit("B", media_rooms="22")]


# --- unit tables ---------------------------------------------------------------------------------


def test_a_page_named_xls_gives_what_the_csv_gives(tmp_path: Path) -> None:
    names = headers(ROWS)
    cells = [names, *([row[name] for name in names] for row in ROWS)]
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) for row in cells)
    page = tmp_path / "学校.xls"
    page.write_text(f"<html><table>{rows}</table></html>", encoding="gb18030")
    table = write_csv(tmp_path / "学校.csv", ROWS)
    found = call("--lang", "en", "assess", page, "--json")
    assert found.code == 0, found.err
    assert found.json == call("--lang", "en", "assess", table, "--json").json


def test_what_was_done_beyond_reading_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "学校.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("学校")
        names = headers(ROWS)
        sheet.write_row(0, 0, names)
        for ix, row in enumerate(ROWS, start=1):
            sheet.write_row(ix, 0, [row[name] for name in names])
        sheet.set_row(2, None, None, {"hidden": True})
    outcome = call("--lang", "en", "assess", path, "--json")
    assert outcome.code == 0, outcome.err
    assert "1 hidden rows were read like the others: 3." in outcome.err


# --- datasets ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    write_persons(draw_persons(draw_district("village", years=1), 2025), folder)
    return folder


@pytest.fixture(scope="module")
def expected(parquet: Path) -> Outcome:
    outcome = call("--lang", "en", "assess", parquet, "--json")
    assert outcome.code == 0, outcome.err
    return outcome


@pytest.fixture(scope="module")
def csv_folder(parquet: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same district as people keep it: a CSV file a dataset, Chinese headers and labels."""
    folder = tmp_path_factory.mktemp("csv")
    with Session() as session:
        for contract in contracts.contracts():
            path = parquet / f"{contract.id}.parquet"
            if path.exists():
                context = Context(2025, is_simulated=True)
                checked = read_dataset(open_table(session, path), contract, context=context)
                target = folder / f"{contract.name.zh}.csv"
                write_dataset(target, session, checked.relation, contract)
    return folder


def workbook(csv_folder: Path, path: Path, **extra: SheetData) -> Path:
    sheets = dict(extra)
    with Session() as session:
        for file in csv_folder.iterdir():
            table = open_table(session, file)
            columns = ", ".join(f"c{ix}" for ix in range(len(table.headers)))
            rows = session.rows(f"SELECT {columns} FROM {table.relation} ORDER BY row_no")
            sheets[file.stem] = SheetData(table.headers, rows)
    write_workbook(path, sheets)
    return path


def test_a_folder_of_csv(csv_folder: Path, expected: Outcome) -> None:
    outcome = call("--lang", "en", "assess", csv_folder, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json == expected.json


def test_a_workbook_of_datasets(csv_folder: Path, expected: Outcome, tmp_path: Path) -> None:
    path = workbook(csv_folder, tmp_path / "全区.xlsx")
    outcome = call("--lang", "en", "assess", path, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json == expected.json


def test_a_sheet_that_is_no_dataset(csv_folder: Path, expected: Outcome, tmp_path: Path) -> None:
    path = workbook(csv_folder, tmp_path / "全区.xlsx", 学生名册=SheetData(["a"], [["x"]]))
    outcome = call("--lang", "en", "assess", path, "--json")
    assert outcome.code == 2
    assert "全区.xlsx, sheet “学生名册”: this is the name of no dataset." in outcome.err
    assert call("--lang", "en", "assess", path, "--json", "--ignore-unknown").json == expected.json


def test_a_template_comes_back_with_its_hidden_sheets(tmp_path: Path) -> None:
    """Its lists and its identity are no datasets; the sheets of it are empty but for samples."""
    path = tmp_path / "全区.xlsx"
    assert call("template", "schools", "units", "--out", path).code == 0
    outcome = call("--lang", "en", "assess", path, "--json")
    assert outcome.code == 2
    assert "The datasets campuses, classes, pupils" in outcome.err


def test_faults_of_all_datasets_are_told_together(csv_folder: Path, tmp_path: Path) -> None:
    for file in csv_folder.iterdir():
        text = file.read_text(encoding="utf-8-sig")
        if file.stem == "学生":
            text = text.replace(",男,", ",雄,", 1)
        if file.stem == "班级":
            text = text.replace("\n2", "\n3", 1)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    outcome = call("--lang", "en", "assess", tmp_path, "--json")
    assert outcome.code == 2
    assert "学生.csv, row " in outcome.err
    assert "column “性别”: “雄” is not a code" in outcome.err
    assert "There is no “2" in outcome.err, "pupils of the class that has another number now"


def test_a_dataset_twice_or_not_at_all(csv_folder: Path, tmp_path: Path) -> None:
    for file in csv_folder.iterdir():
        if file.stem != "教职工":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    outcome = call("--lang", "en", "assess", tmp_path, "--json")
    assert outcome.code == 2
    assert "The datasets staff are missing." in outcome.err
    (tmp_path / "pupils.csv").write_bytes((csv_folder / "学生.csv").read_bytes())
    outcome = call("--lang", "en", "assess", tmp_path, "--json")
    assert "“pupils” is there already under another name" in outcome.err

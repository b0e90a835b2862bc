"""Workbooks that come in: which cells become which text, and what is refused by cell."""

from __future__ import annotations

import datetime as dt
import re
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from junheng.engine.store.session import Session


SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> xlsxwriter.Workbook:
    return xlsxwriter.Workbook(str(tmp_path / "schools.xlsx"))


def sheet_of(
    book: xlsxwriter.Workbook, rows: Sequence[Sequence[object]], name: str = "units", top: int = 0
) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows, start=top):
        sheet.write_row(number, 0, row)
    return sheet


def finding(session: Session, path: Path, sheet: str | None = None) -> str:
    with pytest.raises(TableFaults) as caught:
        open_table(session, path, sheet=sheet)
    return caught.value.render()


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Write the workbook anew with one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_it_works(session: Session, tmp_path: Path, book: xlsxwriter.Workbook) -> None:
    sheet_of(book, [["学校", "学生数"], ["第一小学", 100], ["第二小学", 4.2]])
    book.add_worksheet("empty")
    book.close()
    table = open_table(session, tmp_path / "schools.xlsx")
    assert (table.headers, table.sheet) == (("学校", "学生数"), "units")
    rows = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert rows == [(2, "第一小学", "100"), (3, "第二小学", "4.2")]


def test_kinds_of_cells(session: Session, tmp_path: Path, book: xlsxwriter.Workbook) -> None:
    sheet = sheet_of(book, [["a", "b", "c", "d", "e", "f", "g"]])
    sheet.write_row(1, 0, [True, 1e15, 123456789012345678, -0.5, "\u3000x ", "I\u0301"])
    sheet.write_datetime(1, 6, dt.date(2025, 10, 15), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_formula(2, 0, "=1+1", None, 2)
    book.close()
    # What a program writes that keeps all 17 digits of a binary float.
    path = tmp_path / "schools.xlsx"
    changed(path, SHEET, lambda xml: xml.replace(b"-0.5", b"0.30000000000000004"))
    table = open_table(session, path)
    first, second = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert first == (
        2,
        "TRUE",
        "1e+15",
        "1.23456789012346e+17",
        "0.3",
        "x",
        "Í",
        "2025-10-15",
    )
    assert second[:2] == (3, "2")


def test_row_numbers_are_those_of_the_spreadsheet(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    rows: list[list[object]] = [
        [None, "a", "b"],
        [None, 1, 2],
        [],
        [None, " ", None],
        [None, 3, 4],
    ]
    sheet_of(book, rows, top=2)
    book.close()
    table = open_table(session, tmp_path / "schools.xlsx")
    assert table.headers == ("a", "b")
    found = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert found == [(4, "1", "2"), (7, "3", "4")]


def test_the_sheet_is_chosen_and_never_guessed(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet_of(book, [["a", "b"], [1, 2]], "小学")
    sheet_of(book, [["a", "b"], [3, 4]], "初中")
    sheet_of(book, [["primary"], ["junior"]], "字典").hide()
    book.close()
    path = tmp_path / "schools.xlsx"
    found = finding(session, path)
    assert "several sheets hold values" in found
    assert "小学, 初中." in found
    assert open_table(session, path, sheet="初中").sheet == "初中"
    assert "there is no sheet “高中”" in finding(session, path, "高中")


def test_a_title_above_the_headers(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet = sheet_of(book, [[], ["学校", "学生数"], ["第一小学", 1]])
    sheet.merge_range("A1:B1", "某区学校一览表")
    book.close()
    found = finding(session, tmp_path / "schools.xlsx")
    assert "schools.xlsx, sheet “units”, row 1: this row holds only “某区学校一览表”" in found


def test_merged_cells_among_the_data(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet = sheet_of(book, [["区", "学校"], [None, "A"], [None, "B"]])
    sheet.merge_range("A2:A3", "某区")
    book.close()
    table = open_table(session, tmp_path / "schools.xlsx")
    rows = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert rows == [(2, "某区", "A"), (3, "某区", "B")]
    (note,) = table.notes
    assert "1 blocks of merged cells were taken for every row they span: A2:A3." in note.render()


@pytest.mark.parametrize(
    ("cells", "value"), [("B2:B3", 12), ("B2:B3", "1.5"), ("A2:B2", "某区"), ("A1:A2", "区")]
)
def test_merged_cells_of_which_nobody_can_tell_what_they_mean(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook, cells: str, value: object
) -> None:
    sheet = sheet_of(book, [["区", "教师数"], ["A", 1], ["B", 2]])
    sheet.merge_range(cells, value)
    book.close()
    first, last = cells.split(":")
    found = finding(session, tmp_path / "schools.xlsx")
    assert f"the cells {first} to {last} are merged." in found


def test_errors_and_uncomputed_formulas_are_named_by_cell(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet = sheet_of(book, [["a", "b", "c", "d"], [1, 2, 3, 4]])
    sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
    sheet.write_formula("C2", "=1+1")
    sheet.write_formula("D2", "=1+1", None, "")
    book.close()
    found = finding(session, tmp_path / "schools.xlsx")
    assert "row 2: cell B2 holds the error #DIV/0!." in found
    assert "cell C2 holds a formula without a value." in found
    assert "cell D2 holds a formula without a value." in found


def test_a_formula_that_gave_0_in_a_computed_workbook_is_0(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet = sheet_of(book, [["a", "b"], [1, 2]])
    sheet.write_formula("B2", "=1-1", None, 0)
    book.close()
    path = tmp_path / "schools.xlsx"
    assert "cell B2 holds a formula without a value" in finding(session, path)
    changed(path, "xl/workbook.xml", lambda xml: xml.replace(b' fullCalcOnLoad="1"', b""))
    assert session.rows(f"SELECT c1 FROM {open_table(session, path).relation}") == [("0",)]


def test_elements_with_a_prefix(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet = sheet_of(book, [["a", "b"], [1, 2]])
    sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
    book.close()
    path = tmp_path / "schools.xlsx"
    changed(
        path,
        SHEET,
        lambda xml: re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x="),
    )
    assert "cell B2 holds the error" in finding(session, path)


def test_values_far_apart_cost_nothing(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet = sheet_of(book, [["a", "b"], [1, 2]])
    sheet.write_string(1_048_575, 16_383, "stray")
    book.close()
    tracemalloc.start()
    found = finding(session, tmp_path / "schools.xlsx")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "1048576 rows and 16384 columns" in found
    assert peak_bytes < 50_000_000


def test_cells_without_references_far_apart(
    session: Session, tmp_path: Path, book: xlsxwriter.Workbook
) -> None:
    sheet_of(book, [["a", "b"], [1, 2]])
    book.close()
    path = tmp_path / "schools.xlsx"
    rows = (
        b'<row r="1"><c><v>1</v></c></row><row r="1048576">'
        + b"<c><v>1</v></c>" * 1_000
        + b"</row>"
    )
    changed(
        path,
        SHEET,
        lambda xml: re.sub(
            rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", xml
        ),
    )
    assert "values lie as far apart" in finding(session, path)


def test_a_full_height_sheet_with_forty_rows(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "schools.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, ["a", "b"])
        for number in range(1, 41):
            sheet.write_row(number, 0, [number, number])
        for number in (*range(41, 20_000), 1_048_575):
            sheet.write_blank(number, 0, None, bold)
    assert open_table(session, path).n_rows == 40

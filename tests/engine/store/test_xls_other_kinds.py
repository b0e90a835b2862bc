"""Files that are not what their name says, and kinds that are not read: named, with the way out."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

HEADERS = ["学校名称", "学生数"]


def workbook(path: Path, *, titled: bool = False) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("学校")
        top = 1 if titled else 0
        if titled:
            sheet.merge_range("B1:C1", "某区学校一览表")
        sheet.write_row(top, 1, HEADERS)
        sheet.write_row(top + 1, 1, ["第一小学", 5])
        sheet.write_row(top + 2, 1, ["第二小学", 6])
        sheet.set_row(top + 2, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
    return path


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return data.getvalue()


def finding(session: Session, path: Path) -> str:
    with pytest.raises(TableFaults) as caught:
        open_table(session, path)
    (fault,) = caught.value.faults
    assert str(fault.remedy)
    return caught.value.render()


def cells(session: Session, path: Path) -> list[tuple[object, ...]]:
    table = open_table(session, path, header_names=HEADERS)
    return session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.html"])
def test_a_workbook_under_another_name(session: Session, tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "a.xlsx").rename(tmp_path / name)
    assert cells(session, path) == [(2, "第一小学", "5"), (3, "第二小学", "6")]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_text_under_the_name_of_a_workbook(
    session: Session, tmp_path: Path, name: str, encoding: str
) -> None:
    path = tmp_path / name
    path.write_text("学校名称,学生数\n第一小学,5\n", encoding=encoding)
    assert cells(session, path) == [(2, "第一小学", "5")]


def test_what_is_hidden_is_read_and_told(session: Session, tmp_path: Path) -> None:
    table = open_table(session, workbook(tmp_path / "a.xlsx", titled=True), header_names=HEADERS)
    told = [note.render() for note in table.notes]
    assert len(told) == 3
    assert "row 1: “某区学校一览表” stands above the headers" in told[0]
    assert "1 hidden rows were read like the others: 4." in told[1]
    assert "hidden columns were read like the others: 学生数." in told[2]


def test_the_headers_stand_below_titles(session: Session, tmp_path: Path) -> None:
    text = "某区学校一览表\n\n统计日期：2025-09-01,\n序号,学校名称,*学生数\n1,第一小学,5\n"
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert cells(session, path) == [(5, "1", "第一小学", "5")]


def test_headers_too_far_down_are_not_looked_for(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" * 10 + "学校名称,学生数\n第一小学,5\n", encoding="utf-8")
    assert open_table(session, path, header_names=HEADERS).headers == ("x", "y")


def test_a_lost_comma_below_a_title(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("表一\n学校名称,学生数,班数\n第一小学,5\n", encoding="utf-8")
    with pytest.raises(TableFaults) as caught:
        open_table(session, path, header_names=HEADERS)
    assert "row 3: the row has 2 fields, the headers are 3." in caught.value.render()


@pytest.mark.parametrize(
    ("name", "data", "messages"),
    [
        ("a.et", b"x", ("“.et” are not read", "Open it in WPS and save it as")),
        ("a.wps", b"x", ("“.wps” are not read", "Copy the table into a spreadsheet")),
        ("a.doc", b"x", ("“.doc” are not read", "Copy the table into a spreadsheet")),
        ("a.pdf", b"%PDF-", ("“.pdf” are not read", "Ask for the table itself")),
        ("a.numbers", b"x", ("“.numbers” are not read", "export it as Excel")),
        ("a.xlsb", b"x", ("“.xlsb” are not read", "save it as “Excel workbook (.xlsx)”")),
        ("a.ods", b"x", ("“.ods” are not read", "save it as “Excel workbook (.xlsx)”")),
        ("a.xlsx", archive("xl/workbook.bin"), ("a binary Excel workbook", "save it as")),
        ("a.xlsx", archive("mimetype", "content.xml"), ("an OpenDocument file", "save it as")),
        ("a.xls", archive("word/document.xml"), ("a Word document", "Copy the table")),
        ("a.xlsx", archive("Index/Document.iwa"), ("a Numbers document", "export it as Excel")),
        ("a.xls", b"%PDF-1.7", ("the content is a PDF document", "save it as .xlsx")),
        ("a.xls", b"\x09\x00\x04\x00\x02\x00\x10\x00", ("something else", "save it as .xlsx")),
    ],
)
def test_kinds_that_are_not_read(
    session: Session, tmp_path: Path, name: str, data: bytes, messages: tuple[str, str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    message = finding(session, path)
    assert all(expected in message for expected in messages)

"""Old workbooks (.xls): which cells become which text, and what is refused."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.store import xls_writer as xls

from junheng.engine.store.session import literal
from junheng.engine.store.tables import open_table, sheets_of
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from junheng.engine.store.session import Session

REAL = Path(__file__).parent / "files" / "libreoffice.xls"
"""Written by LibreOffice 7.4 with a title, merged cells, a hidden row and a hidden sheet."""

HEADERS = ("区", "学校", "学生数", "统计日期", "生均面积", "寄宿")


def put(folder: Path, book: xls.Book, name: str = "学校.xls") -> Path:
    path = folder / name
    path.write_bytes(book.file())
    return path


def one_sheet(
    *records: bytes, version: int = xls.BIFF8, extra: list[bytes] | None = None
) -> xls.Book:
    head = [xls.label(0, 0, "学校", version), xls.label(0, 1, "学生数", version)]
    return xls.Book([xls.Sheet("小学", [*head, *records])], version, extra or [])


def cells(session: Session, path: Path) -> list[tuple[object, ...]]:
    return session.rows(f"SELECT * FROM {open_table(session, path).relation} ORDER BY row_no")


def finding(session: Session, path: Path, sheet: str | None = None) -> str:
    with pytest.raises(TableFaults) as caught:
        open_table(session, path, sheet=sheet)
    return caught.value.render()


# --- a file of a real program --------------------------------------------------------------------


def test_it_works(session: Session) -> None:
    table = open_table(session, REAL, header_names=HEADERS)
    assert (table.headers, table.sheet) == (HEADERS, "学校")
    rows = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert rows == [
        (3, "某区", "第一小学", "1200", "2025-09-01", "0.3", "TRUE"),
        (4, "某区", "第二小学", "３５０", "2025年9月1日", "4.2", "否"),
    ]


def test_what_was_done_beyond_reading_is_told(session: Session) -> None:
    notes = [note.render() for note in open_table(session, REAL, header_names=HEADERS).notes]
    assert len(notes) == 3
    assert "row 1: “某区学校一览表” stands above the headers and was not read." in notes[0]
    assert "1 blocks of merged cells were taken for every row they span: A3:A4." in notes[1]
    assert "1 hidden rows were read like the others: 4." in notes[2]


def test_a_title_needs_known_headers_below_it(session: Session) -> None:
    assert "this row holds only “某区学校一览表”" in finding(session, REAL)


def test_a_hidden_sheet_is_read_when_it_is_named(session: Session) -> None:
    table = open_table(session, REAL, sheet="字典")
    assert table.headers == ("a", "b")
    (note,) = table.notes
    assert "the sheet is hidden and was read all the same." in note.render()
    assert sheets_of(REAL) == ("学校", "字典")


@pytest.mark.parametrize("name", ["学校.xlsx", "学校.csv", "学校.XLS"])
def test_the_name_does_not_matter(session: Session, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(REAL.read_bytes())
    assert open_table(session, path, header_names=HEADERS).n_rows == 2


def test_other_content_named_xls(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "学校.xls"
    path.write_text("学校\t学生数\n第一小学\t\n第二小学\t2\n", encoding="gb18030")
    assert cells(session, path) == [(2, "第一小学", None), (3, "第二小学", "2")]
    path.write_text("学校,学生数\n第一小学,1\n", encoding="utf-8")
    assert cells(session, path) == [(2, "第一小学", "1")]
    session.run(f"COPY (SELECT 1 AS a) TO {literal(str(path))} (FORMAT parquet)")
    assert "the ending says .xls, but the content is a Parquet file" in finding(session, path)


# --- records -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packed", "text"),
    [  # OpenOffice.org's Documentation of the Microsoft Excel File Format, section 2.5.5
        (0x3FF00000, "1"),
        (0x3FF00001, "0.01"),
        (0x004B5646, "1234321"),
        (0x004B5647, "12343.21"),
        (0xFFFFFFFE, "-1"),
    ],
)
def test_packed_numbers(session: Session, tmp_path: Path, packed: int, text: str) -> None:
    path = put(tmp_path, one_sheet(xls.rk(1, 1, packed)))
    assert cells(session, path) == [(2, None, text)]


def test_many_packed_numbers_in_one_record(session: Session, tmp_path: Path) -> None:
    pair = struct.pack("<HIHI", 0, 0x3FF00000, 0, 0x004B5646)
    many = xls.record(0x00BD, struct.pack("<HH", 1, 0) + pair + struct.pack("<H", 1))
    assert cells(session, put(tmp_path, one_sheet(many))) == [(2, "1", "1234321")]


def test_shared_texts_split_between_records(session: Session, tmp_path: Path) -> None:
    """The second text goes on in the next record, in one byte a character instead of two."""
    first = struct.pack("<IIHB", 2, 2, 2, 1) + "小学".encode("utf-16-le")
    second = struct.pack("<HB", 4, 1) + "中".encode("utf-16-le")
    shared = xls.record(0x00FC, first + second) + xls.record(0x003C, b"\x00ABC")
    used = [xls.record(0x00FD, struct.pack("<HHHI", 1, ix, 0, ix)) for ix in range(2)]
    path = put(tmp_path, one_sheet(*used, extra=[shared]))
    assert cells(session, path) == [(2, "小学", "中ABC")]


def test_days_of_both_calendars(session: Session, tmp_path: Path) -> None:
    styles = [xls.record(0x00E0, struct.pack("<HH16x", 0, ix)) for ix in (0, 14, 164)]
    own = xls.record(0x041E, struct.pack("<H", 164) + xls.text8('yyyy"年"m"月"d"日" hh:mm'))
    days = [xls.number(1, 0, 45901, 1), xls.number(1, 1, 45901.75, 2)]
    path = put(tmp_path, one_sheet(*days, extra=[*styles, own]))
    assert cells(session, path) == [(2, "2025-09-01", "2025-09-01 18:00:00")]
    from_1904 = xls.record(0x0022, struct.pack("<H", 1))
    path = put(tmp_path, one_sheet(xls.number(1, 0, 44439, 1), extra=[*styles, from_1904]))
    assert cells(session, path) == [(2, "2025-09-01", None)]


def test_excel_95_in_the_chinese_code_page(session: Session, tmp_path: Path) -> None:
    book = one_sheet(xls.label(1, 0, "第一小学", xls.BIFF5), version=xls.BIFF5)
    assert cells(session, put(tmp_path, book)) == [(2, "第一小学", None)]


def test_results_of_formulas(session: Session, tmp_path: Path) -> None:
    text = xls.formula(1, 0, b"\0" * 6 + b"\xff\xff") + xls.record(0x0207, xls.text8("是"))
    flag = xls.formula(1, 1, b"\1\0\1\0\0\0\xff\xff")
    zero = xls.formula(2, 1, struct.pack("<d", 0.0))
    path = put(tmp_path, one_sheet(text, flag, zero))
    assert cells(session, path) == [(2, "是", "TRUE"), (3, None, "0")]


def test_errors_and_uncomputed_formulas_are_named_by_cell(session: Session, tmp_path: Path) -> None:
    error = xls.formula(1, 1, b"\2\0\x07\0\0\0\xff\xff")
    typed = xls.record(0x0205, struct.pack("<HHHBB", 2, 1, 0, 0x2A, 1))
    unknown = xls.formula(3, 1, struct.pack("<d", 0.0), flags=2)
    found = finding(session, put(tmp_path, one_sheet(error, typed, unknown)))
    assert "row 2: cell B2 holds the error #DIV/0!." in found
    assert "row 3: cell B3 holds the error #N/A." in found
    assert "row 4: cell B4 holds a formula without a value." in found


# --- sheets --------------------------------------------------------------------------------------


def sheet(name: str, *, state: int = 0, value: str = "1") -> xls.Sheet:
    rows = [xls.label(0, 0, "a"), xls.label(0, 1, "b"), xls.label(1, 0, value)]
    return xls.Sheet(name, rows, state)


def test_the_sheet_of_a_known_name(session: Session, tmp_path: Path) -> None:
    path = put(tmp_path, xls.Book([sheet("说明"), sheet("学生 ", value="2")]))
    assert "several sheets hold values. Name one of these: 说明, 学生" in finding(session, path)
    assert open_table(session, path, sheet_names=["学生", "pupils"]).sheet == "学生 "
    assert open_table(session, path, sheet="说明").sheet == "说明"
    assert "there is no sheet “教师”" in finding(session, path, "教师")


def test_two_sheets_of_one_name(session: Session, tmp_path: Path) -> None:
    path = put(tmp_path, xls.Book([sheet("学生"), sheet("学生")]))
    assert "two sheets have the name “学生”" in finding(session, path)


def test_the_only_sheet_is_hidden(session: Session, tmp_path: Path) -> None:
    path = put(tmp_path, xls.Book([sheet("学生", state=1)]))
    (note,) = open_table(session, path).notes
    assert "hidden" in note.render()


# --- refused -------------------------------------------------------------------------------------


def test_protected_and_macros(session: Session, tmp_path: Path) -> None:
    locked = one_sheet(extra=[xls.record(0x002F, bytes(6))])
    assert "protected by a password" in finding(session, put(tmp_path, locked))
    path = tmp_path / "学校.xls"
    path.write_bytes(xls.compound({"EncryptedPackage": b"", "EncryptionInfo": b""}))
    assert "protected by a password" in finding(session, path)
    path.write_bytes(xls.compound({"Workbook": one_sheet().stream(), "_VBA_PROJECT": b""}))
    assert "contains macros" in finding(session, path)


@pytest.mark.parametrize("streams", [{"WordDocument": b"x"}, {"Workbook": b"x"}])
def test_no_workbook(session: Session, tmp_path: Path, streams: dict[str, bytes]) -> None:
    path = tmp_path / "学校.xls"
    path.write_bytes(xls.compound(streams))
    found = finding(session, path)
    assert "no whole workbook of Excel 95 to 2003" in found
    assert "save it as “Excel workbook (.xlsx)”" in found


def test_sheets_that_share_their_records(session: Session, tmp_path: Path) -> None:
    """A few bytes a sheet, each of which would be read as a whole: no program writes this."""
    stream = bytearray(xls.Book([sheet("a"), sheet("b")]).stream())
    first = stream.index(struct.pack("<HH", 0x0085, 10)) + 4
    second = stream.index(struct.pack("<HH", 0x0085, 10), first) + 4
    stream[second : second + 4] = stream[first : first + 4]
    path = tmp_path / "学校.xls"
    path.write_bytes(xls.compound({"Workbook": bytes(stream)}))
    assert "no whole workbook" in finding(session, path)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_is_refused_and_nothing_else(
    kept_session: Session, tmp_path: Path, data: st.DataObject
) -> None:
    """calamine ends the process at such files: it asks for hundreds of gigabytes."""
    damaged = bytearray(REAL.read_bytes())
    places = st.integers(0, len(damaged) - 1)
    for place in data.draw(st.lists(places, max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.xls"
    path.write_bytes(damaged[: data.draw(places) if data.draw(st.booleans()) else None] or b"x")
    with suppress(TableFaults):
        assert open_table(kept_session, path, header_names=HEADERS).n_rows > 0

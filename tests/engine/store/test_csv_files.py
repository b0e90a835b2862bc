"""CSV files: what is read, as which rows, and every irregular one refused by row."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

Rows = list[tuple[object, ...]]


def read(session: Session, path: Path, data: bytes) -> tuple[tuple[str, ...], Rows]:
    path.write_bytes(data)
    table = open_table(session, path)
    return table.headers, session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")


def finding(session: Session, path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(TableFaults) as caught:
        open_table(session, path)
    return caught.value.render()


def test_it_works(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_text("unit_id,pupils\nA,100\nB,\n", encoding="utf-8")
    table = open_table(session, path)
    assert (table.headers, table.name, table.sheet) == (("unit_id", "pupils"), "schools.csv", "")
    assert session.columns(table.relation) == ("row_no", "c0", "c1")
    assert session.rows(f"SELECT * FROM {table.relation}") == [(2, "A", "100"), (3, "B", None)]
    assert table.n_rows == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(session: Session, tmp_path: Path, encoding: str, end: str) -> None:
    text = end.join(["学校名称,学生数", "第一小学㐀,１２", "第二小学,7", ""])
    headers, rows = read(session, tmp_path / "a.csv", text.encode(encoding))
    assert headers == ("学校名称", "学生数")
    assert rows == [(2, "第一小学㐀", "１２"), (3, "第二小学", "7")]


def test_packed_with_gzip(session: Session, tmp_path: Path) -> None:
    data = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")
    assert read(session, tmp_path / "a.csv.gz", data)[1] == [(2, "1", "2"), (3, "3", "4")]


def test_a_name_that_looks_like_a_pattern(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a1.csv").write_bytes(b"x\nwrong\n")
    folder = tmp_path / "year=2026"
    folder.mkdir()
    assert read(session, folder / "a[1]*?.csv", b"a,b\n1,2\n")[0] == ("a", "b")
    assert read(session, folder / "it's.csv", b"a,b\n1,2\n")[0] == ("a", "b")


def test_blank_lines_are_counted_and_left_out(session: Session, tmp_path: Path) -> None:
    data = b"\na,b\n\n1,2\n,\n \t,\n\n\n3,4\n\n"
    assert read(session, tmp_path / "a.csv", data)[1] == [(4, "1", "2"), (9, "3", "4")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_number_of_blank_lines_may_follow(session: Session, tmp_path: Path, end: str) -> None:
    """Reading takes time in proportion to the file: a search that went back would not return."""
    data = f"a,b{end}1,2{end}" + 300_000 * end
    assert read(session, tmp_path / "a.csv", data.encode())[1] == [(2, "1", "2")]


def test_rows_are_counted_as_records_where_cells_hold_line_feeds(
    session: Session, tmp_path: Path
) -> None:
    data = 'a,b\n"x\ny",1\nz,2\n'
    rows = [(2, "x\ny", "1"), (3, "z", "2")]
    assert read(session, tmp_path / "a.csv", data.encode())[1] == rows
    assert read(session, tmp_path / "a.csv", ("\n" + data).encode())[1] == [
        (number + 1, *cells) for number, *cells in rows
    ]


def test_quotation_marks(session: Session, tmp_path: Path) -> None:
    data = b'name,note\n"a, ""b""",""\n'
    assert read(session, tmp_path / "a.csv", data)[1] == [(2, 'a, "b"', None)]


def test_blanks_at_both_ends_are_cut_off(session: Session, tmp_path: Path) -> None:
    data = "\u3000学校 , 数\ufeff\n\u00a0第一 小学\u3000,\t5\u200b\n".encode()
    assert read(session, tmp_path / "a.csv", data) == (("学校", "数"), [(2, "第一 小学", "5")])


def test_text_is_brought_to_one_form(session: Session, tmp_path: Path) -> None:
    rows = read(session, tmp_path / "a.csv", "a,b\nI\u0301ndios,1\n".encode())[1]
    assert rows == [(2, "Índios", "1")]


def test_columns_without_header_and_value_are_no_columns(session: Session, tmp_path: Path) -> None:
    headers, rows = read(session, tmp_path / "a.csv", b"a,,b,,\n1,,2,,\n")
    assert (headers, rows) == (("a", "b"), [(2, "1", "2")])


def test_years_are_names_of_columns(session: Session, tmp_path: Path) -> None:
    headers = read(session, tmp_path / "a.csv", b"school,2018,2019,2020\nA,1,2,3\n")[0]
    assert headers == ("school", "2018", "2019", "2020")


def test_order_is_that_of_the_file(session: Session, tmp_path: Path) -> None:
    lines = ["n,text", *(f"{n},{'x' * (n % 97)}" for n in range(50_000))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    relation = open_table(session, path).relation
    assert session.rows(f"SELECT count(*) FROM {relation} WHERE row_no <> c0::BIGINT + 2") == [(0,)]


cells = st.text(st.sampled_from('ab,"\n\r 学\t'), max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=5))
def test_any_cells_come_back_trimmed(
    kept_session: Session, tmp_path: Path, rows: list[list[str]]
) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = "\n".join(["first,second", *quoted, "last,last"]).encode()
    found = read(kept_session, tmp_path / "a.csv", data)[1]
    # A lone carriage return inside a cell is read as the end of a line of the cell.
    plain = [[c.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n") for c in r] for r in rows]
    wanted = [(n, *row) for n, row in enumerate([*plain, ["last", "last"]], start=2) if any(row)]
    found_plain = [(n, *(str(c or "").replace("\r\n", "\n") for c in texts)) for n, *texts in found]
    assert found_plain == wanted


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a,b\n1,2\n3\n4,5\n6,7,8\n", ["row 3: the row has 1 fields, the headers are 2.", "row 5"]),
        ("a,b\n1,200,\n", ["row 2: the row has 3 fields, the headers are 2."]),
        ('a,b\n"x, y",200,\n', ["row 2: the row has 3 fields, the headers are 2."]),
        ("a,b\n1,2\n\n3\n", ["row 4: the row has 1 fields"]),
        ('a,b\n1,"2\n3,4\n', ["row 2: a quotation mark is opened"]),
        ("\n\n", ["the file holds no values"]),
        ("a,b\n", ["there are headers and no rows of data"]),
        ("a,b\n,\n", ["there are headers and no rows of data"]),
        ("a,,b\n1,2,3\n", ["row 1: the header of column 2 is blank."]),
        ("a,b,a\n1,2,3\n", ["row 1, column “a”: the header stands twice, in columns 1 and 3."]),
        ("3,4\n1,2\n", ["row 1: the first row with values holds numbers"]),
        ("某区学校一览表,,\n学校,学生数,班级数\nA,1,2\n", ["某区学校一览表", "a title"]),
        ("某区学校一览表\n学校,学生数,班级数\nA,1,2\n", ["某区学校一览表", "a title"]),
        ("a\tb\n1\t2\n", ["parted by tabs or semicolons"]),
        ("a;b\n1;2\n", ["parted by tabs or semicolons"]),
    ],
)
def test_irregular_tables(session: Session, tmp_path: Path, text: str, messages: list[str]) -> None:
    found = finding(session, tmp_path / "schools.csv", text.encode())
    assert "schools.csv" in found
    for message in messages:
        assert message in found


def test_bytes_that_are_no_text(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    assert "row 2: there is a NUL byte at byte 5" in finding(session, path, b"a,b\n1\0,2\n")
    assert "UTF-16" in finding(session, path, "a,b\n".encode("utf-16"))
    assert "neither UTF-8 (byte 4) nor GB18030 (byte 4)" in finding(
        session, path, b"a,b\n\xff\xff,2\n"
    )


def test_more_faults_than_are_listed_are_counted(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + 150 * b"1\n")
    with pytest.raises(TableFaults) as caught:
        open_table(session, path)
    assert (len(caught.value.faults), caught.value.n_faults) == (100, 150)


def test_no_temporary_file_stays(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    read(session, tmp_path / "a.csv", "学校\n教师\n".encode("gb18030"))
    read(session, tmp_path / "a.csv", b"a,b\n\n1,2\n")
    finding(session, tmp_path / "a.csv", b"a,b\n\n1\n")
    assert list(folder.iterdir()) == []

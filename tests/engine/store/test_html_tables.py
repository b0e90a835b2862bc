"""Pages of HTML, mostly named .xls: encodings, spans, several tables, damage."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junheng.engine.store.html_tokens import Tag, tokens
from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

TABLE = """<table border=1>
<tr><th>学校名称</th><th>学生数</th></tr>
<tr><td>第一小学<br>（本部）</td><td align="right">1200</td></tr>
<tr><td>&#31532;二&nbsp;小学</td><td> 350 </td></tr>
</table>"""
ROWS = [(2, "第一小学 （本部）", "1200"), (3, "第二\u00a0小学", "350")]


def page(body: str, charset: str = "utf-8") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return (
        f"<html><head>{meta}<style>td {{ a: '<table>' }}</style></head><body>{body}</body></html>"
    )


def put(folder: Path, body: str, encoding: str = "utf-8", name: str = "导出.xls") -> Path:
    path = folder / name
    path.write_bytes(page(body, encoding).encode(encoding))
    return path


def cells(session: Session, path: Path, **how: list[str]) -> list[tuple[object, ...]]:
    table = open_table(session, path, header_names=how.get("header_names", ()))
    return session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")


def finding(session: Session, path: Path) -> str:
    with pytest.raises(TableFaults) as caught:
        open_table(session, path)
    return caught.value.render()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030", "utf-16"])
def test_it_works(session: Session, tmp_path: Path, encoding: str) -> None:
    assert cells(session, put(tmp_path, TABLE, encoding)) == ROWS


def test_traditional_characters_in_big5(session: Session, tmp_path: Path) -> None:
    body = "<table><tr><td>學校<td>學生數<tr><td>國語實小<td>5</table>"
    assert cells(session, put(tmp_path, body, "big5")) == [(2, "國語實小", "5")]


def test_a_wrong_word_about_the_encoding_does_not_matter(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(page(TABLE, "gb2312").encode("utf-8"))
    assert cells(session, path) == ROWS


@pytest.mark.parametrize("name", ["导出.html", "导出.htm", "导出.xlsx", "导出.csv"])
def test_the_name_does_not_matter(session: Session, tmp_path: Path, name: str) -> None:
    assert cells(session, put(tmp_path, TABLE, name=name)) == ROWS


def test_cells_over_several_rows_and_columns(session: Session, tmp_path: Path) -> None:
    body = """<table><tr><td colspan="3">某区学校一览表</td></tr>
    <tr><td>区<td>学校<td>学生数
    <tr><td rowspan=3>某区<td>A<td>1<tr><td>B<td>2
    <tr style="display: none"><td>C<td>3<tr><td>另区<td>D<td>4</table>"""
    table = open_table(session, put(tmp_path, body), header_names=["学校", "学生数"])
    rows = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert rows == [
        (3, "某区", "A", "1"),
        (4, "某区", "B", "2"),
        (5, "某区", "C", "3"),
        (6, "另区", "D", "4"),
    ]
    told = "\n".join(note.render() for note in table.notes)
    for text in ("“某区学校一览表” stands above", "A3:A5", "1 hidden rows", ": 5."):
        assert text in told


def test_the_exact_number_beside_the_shown_one(session: Session, tmp_path: Path) -> None:
    body = """<table><tr><td>a<td>b<td>c<tr><td x:num="50793.25">50,793<td x:num="45901">2025-09-01
    <td x:num>7</table>"""
    assert cells(session, put(tmp_path, body)) == [(2, "50793.25", "2025-09-01", "7")]


def test_a_table_inside_a_frame(session: Session, tmp_path: Path) -> None:
    body = f"<table><tr><td>导航<td>菜单</tr></table><table><tr><td>{TABLE}</td></tr></table>"
    assert cells(session, put(tmp_path, body)) == ROWS


def test_several_tables(session: Session, tmp_path: Path) -> None:
    body = "<table><tr><td>制表<td>日期<tr><td>某局<td>2025</table>" + TABLE
    path = put(tmp_path, body)
    assert "several sheets hold values. Name one of these: 1, 2" in finding(session, path)
    assert cells(session, path, header_names=["学校名称", "学生数"]) == ROWS
    assert open_table(session, path, sheet="1").headers == ("制表", "日期")


def test_nothing_is_run_fetched_or_expanded(session: Session, tmp_path: Path) -> None:
    body = """<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/hostname">]>
    <table><tr><td>a<td>b<tr><td>&c;&amp;lt;<td><script>document.write("<td>x")</script>< 5
    </table>"""
    assert cells(session, put(tmp_path, body)) == [(2, "&c;&lt;", "< 5")]


@pytest.mark.parametrize(
    ("start", "found", "remedy"),
    [
        ("MIME-Version: 1.0\nContent-Type: multipart/related", "MHTML", "save it as"),
        (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "an XML spreadsheet of 2003",
            "save it as",
        ),
        ("<html><p>请重新登录</p></html>", "no sheet holds values", "Export it again"),
    ],
)
def test_pages_that_hold_no_table(
    session: Session, tmp_path: Path, start: str, found: str, remedy: str
) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(start, encoding="utf-8")
    message = finding(session, path)
    assert found in message
    assert remedy in message


def test_an_unknown_encoding(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(b"<html><table><tr><td>\xff\xff\xff")
    assert "the encoding of the page is unknown" in finding(session, path)


def test_a_table_wider_than_any(session: Session, tmp_path: Path) -> None:
    path = put(tmp_path, "<table><tr>" + "<td colspan=700>a" * 3 + "<tr><td>1</table>")
    assert "larger than is read" in finding(session, path)


@pytest.mark.parametrize("piece", ["<", "<!", "<!--", "<td ", "<td a='", "&", "<script>", "<?a"])
def test_time_grows_with_the_length_alone(piece: str) -> None:
    """The parser of the standard library needs hours for some of these."""
    started = time.process_time()
    assert sum(1 for _ in tokens("<table><tr><td>" + piece * 100_000)) > 2
    assert time.process_time() - started < 3


def test_tags_and_attributes() -> None:
    found = list(tokens("<TD\n rowspan = '2' x:num=\"a>b\" hidden>x</td ><br/>"))
    attributes = {"rowspan": "2", "x:num": "a>b", "hidden": ""}
    assert found == [Tag("td", False, attributes), "x", Tag("td", is_end=True), Tag("br")]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_is_refused_and_nothing_else(
    kept_session: Session, tmp_path: Path, data: st.DataObject
) -> None:
    whole = page(TABLE.replace("<td>", "<td rowspan=2 colspan='2'>")).encode()
    damaged = bytearray(whole)
    places = st.integers(0, len(damaged) - 1)
    for place in data.draw(st.lists(places, max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.xls"
    path.write_bytes(damaged[: data.draw(places) if data.draw(st.booleans()) else None] or b"x")
    with suppress(TableFaults):
        assert open_table(kept_session, path, header_names=["学校名称", "学生数"]).n_rows > 0

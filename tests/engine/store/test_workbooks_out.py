"""Workbooks that go out, read back by the reader of workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.tables import open_table
from junheng.engine.store.workbook import SheetData, write_workbook
from junheng.engine.store.xlsx_parts import open_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.engine.store.session import Session


def test_what_is_written_is_read_back(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "结果.xlsx"
    rows = ((f"学校{n}", n, n / 8, n % 2 == 0, None) for n in range(500))
    headers = ["学校", "学生数", "生均", "达标", "备注"]
    units = SheetData(headers, rows, {2: "0.00"})
    write_workbook(path, {"学校 2025/26": units, "空": SheetData(["x"], [])})
    table = open_table(session, path, sheet="学校 2025 26")
    found = session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no")
    assert list(table.headers) == headers
    assert found == [
        (n + 2, f"学校{n}", str(n), f"{n / 8:.15g}", str(n % 2 == 0).upper(), None)
        for n in range(500)
    ]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://example.org", "0012"]
)
def test_text_stays_text(session: Session, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, {"a": SheetData(["name", "other"], [[text, 1]])})
    (sheet,) = open_parts(path).sheets
    assert b"<f" not in sheet.xml
    assert b"hyperlink" not in sheet.xml
    assert session.rows(f"SELECT c0 FROM {open_table(session, path).relation}") == [(text,)]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    def failing() -> Iterator[list[object]]:
        yield [1]
        raise RuntimeError("stop")

    path = tmp_path / "a.xlsx"
    write_workbook(path, {"a": SheetData(["x"], [[1]])})
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="stop"):
        write_workbook(path, {"a": SheetData(["x"], failing())})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"(?i)nan"):
        write_workbook(tmp_path / "a.xlsx", {"a": SheetData(["x"], [[float("nan")]])})
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_needs_a_sheet(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a sheet"):
        write_workbook(tmp_path / "a.xlsx", {})

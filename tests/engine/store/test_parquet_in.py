"""Parquet files that come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.session import literal
from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session


def write(session: Session, path: Path, select: str) -> Path:
    session.run(f"COPY ({select}) TO {literal(str(path))} (FORMAT parquet)")
    return path


def test_kinds_of_columns(session: Session, tmp_path: Path) -> None:
    path = write(
        session,
        tmp_path / "a[1].parquet",
        "SELECT ' 学校 ' AS \"学校 名称\", 0.1::DOUBLE + 0.2 AS x, 5::BIGINT AS n,"
        " 1.50::DECIMAL(9, 2) AS d, DATE '2026-01-31' AS day, true AS yes,"
        " NULL::VARCHAR AS nothing",
    )
    table = open_table(session, path)
    assert table.headers == ("学校 名称", "x", "n", "d", "day", "yes", "nothing")
    assert session.rows(f"SELECT * FROM {table.relation}") == [
        (2, "学校", "0.3", "5", "1.50", "2026-01-31", "TRUE", None)
    ]


def test_order_is_that_of_the_file(session: Session, tmp_path: Path) -> None:
    path = write(session, tmp_path / "a.parquet", "SELECT 300000 - i AS n FROM range(300000) t(i)")
    relation = open_table(session, path).relation
    wrong = f"SELECT count(*) FROM {relation} WHERE c0::BIGINT <> 300002 - row_no"
    assert session.rows(wrong) == [(0,)]


def test_nested_columns_are_refused(session: Session, tmp_path: Path) -> None:
    path = write(session, tmp_path / "a.parquet", "SELECT 1 AS a, [1, 2] AS b")
    with pytest.raises(TableFaults, match="column “b”: the column holds values of the type"):
        open_table(session, path)


def test_more_rows_than_allowed(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("junheng.engine.store.parquet_file.MAX_ROWS", 2)
    path = write(session, tmp_path / "a.parquet", "SELECT i AS a FROM range(3) t(i)")
    with pytest.raises(TableFaults, match="3 rows and 1 columns, more than 2"):
        open_table(session, path)

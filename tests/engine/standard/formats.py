"""A unit table in the formats beside CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from tests.unit_tables import (
    FACTS,
    Row,
    headers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def xlsx(folder: Path, rows: Sequence[Row], floats: dict[str, float] | None = None) -> Path:
    path = folder / "u.xlsx"
    names = headers(rows)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        for ix, row in enumerate(rows, start=1):
            for column, name in enumerate(names):
                value: object = (floats or {}).get(name, row[name])
                if name in FACTS or name == "pupils":
                    value = None if value == "" else float(str(value))
                sheet.write(ix, column, value)
    return path


def arrow(rows: Sequence[Row], floats: dict[str, float] | None = None) -> pa.Table:
    columns = {}
    for name in headers(rows):
        values = [row[name] or None for row in rows]
        if name in (floats or {}):
            columns[name] = pa.array([(floats or {})[name]] * len(rows), pa.float64())
        elif name in FACTS:
            columns[name] = pa.array(
                [None if v is None else float(v) for v in values], pa.float64()
            )
        elif name == "pupils":
            columns[name] = pa.array([int(str(v)) for v in values], pa.int64())
        else:
            columns[name] = pa.array(values, pa.string())
    return pa.table(columns)


def parquet(folder: Path, rows: Sequence[Row], floats: dict[str, float] | None = None) -> Path:
    path = folder / "u.parquet"
    pq.write_table(arrow(rows, floats), path)
    return path

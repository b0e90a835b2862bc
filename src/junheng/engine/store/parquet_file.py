"""Parquet files: flat columns of text, whole numbers, decimals, floats, dates and booleans."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.store.faults import refused
from junheng.engine.store.limits import MAX_COLUMNS, MAX_ROWS
from junheng.engine.store.raw import PARQUET_MARK, head, mistaken, truncated
from junheng.engine.store.session import literal, quoted
from junheng.engine.store.source import WHITE, RawRows, SourceTable, settle
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.store.session import Session

_GLOB = frozenset("*?[")
_FLOATS = {"DOUBLE", "FLOAT"}
_NOT_FLAT = ("[", "STRUCT", "MAP", "BLOB", "LIST", "UNION", "VARIANT", "GEOMETRY")


def read_parquet(session: Session, path: Path) -> SourceTable:
    """Read a Parquet file; binary floats become text at 15 significant digits."""
    from duckdb import Error

    first_bytes = head(path)
    if not first_bytes.startswith(PARQUET_MARK):
        raise mistaken(path.name, first_bytes, ".parquet")
    try:
        with _plainly_named(path.resolve()) as file:
            return _read(session, literal(str(file)), path.name)
    except Error as error:
        raise truncated(path.name) from error


def _read(session: Session, file: str, name: str) -> SourceTable:
    n_rows = session.rows(f"SELECT num_rows FROM parquet_file_metadata({file})")[0][0]
    source = f"read_parquet({file}, hive_partitioning = false)"
    described = session.rows(f"DESCRIBE SELECT * FROM {source}")
    types = {str(row[0]): str(row[1]) for row in described}
    _check_frame(name, int(str(n_rows)), types)
    cells = ", ".join(
        f"{_as_text(header, kind)} AS c{i}" for i, (header, kind) in enumerate(types.items())
    )
    rows = f"(SELECT row_number() OVER () + 1 AS row_no, {cells} FROM {source})"
    text_columns = [quoted(header) for header, kind in types.items() if kind == "VARCHAR"]
    white = WHITE if _has_white_edge(session, source, text_columns) else ""
    return settle(session, RawRows(rows, tuple(types), 1, white), name)


def _has_white_edge(session: Session, source: str, text_columns: list[str]) -> bool:
    """Whether any text begins or ends with a blank: asking costs a quarter of trimming them all."""
    pattern = literal(f"^[{WHITE}]|[{WHITE}]$")
    has_edge = " OR ".join(f"regexp_matches({column}, {pattern})" for column in text_columns)
    return bool(has_edge and session.rows(f"SELECT 1 FROM {source} WHERE {has_edge} LIMIT 1"))


def _check_frame(name: str, n_rows: int, types: dict[str, str]) -> None:
    if n_rows > MAX_ROWS or len(types) > MAX_COLUMNS:
        raise refused(
            name,
            say(
                "the table has {rows} rows and {columns} columns, more than {most} and {wide}.",
                rows=n_rows,
                columns=len(types),
                most=MAX_ROWS,
                wide=MAX_COLUMNS,
            ),
            say("Divide it, for example by province."),
        )
    for header, kind in types.items():
        if kind.endswith("]") or kind.startswith(_NOT_FLAT):
            raise refused(
                name,
                say("the column holds values of the type {kind}.", kind=kind),
                say("Keep only columns of text, numbers and dates."),
                column=header,
            )


def _as_text(header: str, kind: str) -> str:
    column = quoted(header)
    if kind in _FLOATS:
        return f"printf('%.15g', {column}::DOUBLE)"
    if kind == "VARCHAR":
        return f"nullif(nfc_normalize({column}), '')"
    if kind == "BOOLEAN":
        return f"upper({column}::VARCHAR)"
    return f"{column}::VARCHAR"


@contextmanager
def _plainly_named(path: Path) -> Iterator[Path]:
    """Give a path without the characters that DuckDB takes for a pattern of names."""
    if not _GLOB & set(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        yield Path(shutil.copyfile(path, Path(folder, "table.parquet")))

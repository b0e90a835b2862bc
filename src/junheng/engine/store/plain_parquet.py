"""Parquet files of clean text and of numbers that are short decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.store.limits import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS
from junheng.engine.store.plain import ORDINARY
from junheng.engine.store.session import literal, quoted
from junheng.engine.store.source import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.store.session import Session

_GLOB = frozenset("*?[")
_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
)
_FLOATS = frozenset({"DOUBLE", "FLOAT"})
# Characters that need no normalising, without a blank at either end. A plus sign may belong to a
# number that a spreadsheet has rounded (1.2E+17).
_CLEAN = f"[!-*,-~{ORDINARY}]([ -*,-~{ORDINARY}]*[!-*,-~{ORDINARY}])?"


@dataclass(frozen=True)
class PlainParquet:
    """A Parquet file; `types` are DuckDB's types of its columns."""

    path: Path
    headers: tuple[str, ...]
    types: tuple[str, ...]
    columns: tuple[str, ...]
    n_rows: int
    scales: tuple[int, ...] = (2, 6)
    sheet: str = ""

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def source(self, texts: Mapping[str, int], numbers: Mapping[str, int], decimals: int) -> str:
        """Return a FROM item in the named columns; see `plain.PlainTable`."""
        columns = [f"{self._text(i)} AS {name}" for name, i in texts.items()]
        columns += [f"{self._number(i, decimals)} AS {name}" for name, i in numbers.items()]
        file = literal(str(self.path.resolve()))
        rows = f"read_parquet({file}, hive_partitioning = false)"
        return f"(SELECT {', '.join(columns)} FROM {rows})"

    def _text(self, i: int) -> str:
        cell = quoted(self.columns[i])
        if self.types[i] in _WHOLE:
            return f"CAST({cell} AS VARCHAR)"
        if self.types[i] != "VARCHAR":
            return _not_plain()
        is_clean = f"{cell} IS NULL OR regexp_full_match({cell}, {literal(_CLEAN)})"
        return f"CASE WHEN {is_clean} THEN {cell} ELSE {_not_plain()} END"

    def decimals_of(self, position: int, decimals: int) -> int:
        """Whole numbers stay as they are."""
        return 0 if self.types[position] in _WHOLE else decimals

    def _number(self, i: int, decimals: int) -> str:
        cell, factor = quoted(self.columns[i]), 10**decimals
        if self.types[i] in _WHOLE:
            return f"CAST({cell} AS BIGINT)"
        if self.types[i] not in _FLOATS:
            return f"CAST({_not_plain()} AS BIGINT)"
        cell = f"CAST({cell} AS DOUBLE)"
        scaled = f"round({cell} * {factor})"
        return (
            f"CASE WHEN {cell} IS NULL OR {scaled} / {factor} = {cell} "
            f"THEN CAST({scaled} AS BIGINT) ELSE {_not_plain()} END"
        )


def _not_plain() -> str:
    return "error('not plain')"


def look_at_parquet(session: Session, path: Path) -> PlainParquet | None:
    """Read the frame of a Parquet file; None when it has none, or none that is plain."""
    from duckdb import Error

    if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES or _GLOB & set(str(path)):
        return None
    file = literal(str(path.resolve()))
    try:
        n_rows = session.rows(f"SELECT num_rows FROM parquet_file_metadata({file})")[0][0]
        described = session.rows(f"DESCRIBE SELECT * FROM read_parquet({file})")
    except Error:
        return None
    columns = tuple(str(row[0]) for row in described)
    if not 0 < int(str(n_rows)) <= MAX_ROWS or len(columns) > MAX_COLUMNS:
        return None
    types = tuple(str(row[1]) for row in described)
    return PlainParquet(path, tuple(map(clean, columns)), types, columns, int(str(n_rows)))

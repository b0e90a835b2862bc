"""One DuckDB connection with a small interface, so that no other module meets the engine itself.

Values reach DuckDB as SQL literals and JSON text, not as bound parameters: binding one parameter
makes DuckDB's Python client import numpy, pandas and pyarrow when they are installed (measured:
1.3 to 1.8 CPU s), which is more than the whole assessment of a district.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Self

from junheng.engine.store.replace import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

Row = tuple[object, ...]

_PLACES = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|(\?)""")
_TYPE_OF = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}


def quoted(name: str) -> str:
    """Return a table or column name as a quoted SQL identifier.

    >>> quoted("pupils 2026")
    '"pupils 2026"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a value as an SQL literal; TypeError for a type that has none.

    >>> literal("O'Brien"), literal(None), literal(0.1)
    ("'O''Brien'", 'NULL', 'CAST(0.1 AS DOUBLE)')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"CAST({value!r} AS DOUBLE)"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"no SQL literal for {type(value).__name__}")


def bound(sql: str, params: Sequence[object]) -> str:
    """Put literals in the places of `?`; question marks inside quotes stay.

    >>> bound("SELECT '?', ?", ["a"])
    "SELECT '?', 'a'"
    """
    if not params:
        return sql
    if sum(1 for found in _PLACES.finditer(sql) if found[2]) != len(params):
        raise ValueError("the SQL text has not as many places as there are parameters")
    left = iter(params)
    return _PLACES.sub(lambda found: found[1] or literal(next(left)), sql)


class Session:
    """An in-memory DuckDB database; a context manager that closes it.

    No network: extensions are neither installed nor loaded. Relations made here live until the
    session is closed. `memory_mib` bounds what DuckDB holds in memory (not Python, nor fetched
    results); what does not fit goes to the folder `overflow`, and without one the query fails. None
    leaves both to DuckDB: four fifths of the machine.

    One thread, unless more are asked for: sums come out the same to the last digit, and where other
    processes work, too, threads that wait for each other take longer than one does (measured: tests
    of the engine beside others, 35 s with one and 125 s with two).

    >>> with Session() as session:
    ...     session.load("t", {"a": [1, 2], "b": ["x", None]})
    ...     session.rows("SELECT a, b FROM t WHERE a > ?", [1])
    [(2, None)]
    """

    def __init__(
        self,
        *,
        threads: int = 1,
        memory_mib: int | None = None,
        overflow: Path | None = None,
    ) -> None:
        import duckdb  # here because importing it costs 0.1 s that `junheng --help` need not pay

        self._n_names = 0
        self._kinds: dict[str, str] = {}
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                **_bounds(memory_mib, overflow),
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the memory; every relation is gone."""
        self._connection.close()

    def fresh_name(self, prefix: str) -> str:
        """Return a relation name that this session has not given before, e.g. source_1."""
        self._n_names += 1
        return f"{prefix}_{self._n_names}"

    def run(self, sql: str, params: Sequence[object] = ()) -> None:
        """Execute one statement; each `?` takes one of `params`."""
        self._connection.execute(bound(sql, params))

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query as tuples of Python values."""
        return self._connection.execute(bound(sql, params)).fetchall()

    def pages(self, sql: str, size: int) -> Iterator[list[Row]]:
        """Yield the rows of a query in lists of at most `size`, computed as they are asked for.

        No other query may run in the session until the last page has been taken.
        """
        result = self._connection.execute(sql)
        while page := result.fetchmany(size):
            yield page

    def create(self, relation: str, select: str) -> None:
        """Make a temporary table from a SELECT text; an older relation of that name is replaced."""
        self._make("TABLE", relation, select)

    def define(self, relation: str, select: str) -> None:
        """Like `create`, but computed when it is read, and then only the columns that are."""
        self._make("VIEW", relation, select)

    def _make(self, kind: str, relation: str, select: str) -> None:
        if self._kinds.setdefault(relation, kind) != kind:
            self.run(f"DROP {self._kinds[relation]} {quoted(relation)}")
            self._kinds[relation] = kind
        self.run(f"CREATE OR REPLACE TEMP {kind} {quoted(relation)} AS {select}")

    def load(
        self,
        relation: str,
        columns: Mapping[str, Sequence[object]],
        types: Mapping[str, str] | None = None,
    ) -> None:
        """Make a temporary table from Python lists of equal length.

        Parameters
        ----------
        relation
            Name of the table; an older one of that name is replaced.
        columns
            Values by column: str, int, float, bool or None.
        types
            SQL type by column; a column without one takes the type of its first value that is
            not None (BIGINT, DOUBLE, BOOLEAN), and VARCHAR when there is none.

        Raises
        ------
        ValueError
            The lists differ in length, or a float is not finite.
        """
        if len({len(values) for values in columns.values()}) != 1:
            raise ValueError(f"columns of {relation} must have one length")
        given = types or {}
        parts = [
            f"CAST(unnest(from_json_strict({literal(_json(values))}, '[\"VARCHAR\"]'))"
            f" AS {given.get(name) or _type_of(values)}) AS {quoted(name)}"
            for name, values in columns.items()
        ]
        self.create(relation, "SELECT " + ", ".join(parts))

    def columns(self, relation: str) -> tuple[str, ...]:
        """Return the column names of a relation in order."""
        described = self.rows(f"DESCRIBE {quoted(relation)}")
        return tuple(str(row[0]) for row in described)

    def export_parquet(self, relation: str, path: Path) -> None:
        """Write a relation as Parquet (zstd); the file appears whole or not at all.

        Raises
        ------
        OSError
            No room, no right, or no such folder.
        """
        from duckdb import IOException

        try:
            with replaced(path) as new:
                target = literal(str(new))
                self.run(f"COPY {quoted(relation)} TO {target} (FORMAT parquet, COMPRESSION zstd)")
        except IOException as error:
            raise OSError(str(error)) from error


def _bounds(memory_mib: int | None, overflow: Path | None) -> dict[str, str]:
    if memory_mib is None:
        return {}
    # Without a folder of its own DuckDB would write into the working directory.
    folder = "" if overflow is None else str(overflow)
    return {"memory_limit": f"{memory_mib}MiB", "temp_directory": folder}


def _json(values: Sequence[object]) -> str:
    """JSON text of a list in plain ASCII, so that a NUL character cannot end the SQL text."""
    return json.dumps(list(values), allow_nan=False)


def _type_of(values: Sequence[object]) -> str:
    first = next((value for value in values if value is not None), "")
    return _TYPE_OF[type(first)]

"""Many rows at once, past the model instances: SQL with preassigned ids.

Measured: making a model instance and the clauses of `bulk_create` costs about ten times the insert
itself. Values come as the database stores them, except for dates and moments, which each store
gets in its own form.
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

from junheng.apps.foundation import row_security

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import Model

ROWS_AT_ONCE = 5_000
"""Rows held in memory at a time."""

ANALYZED_FROM = 200
"""Rows of one insert from which PostgreSQL is told to look at the table anew."""

VALUES_AT_ONCE = 1_000
"""Values of one IN list: both stores take far more, but plan longer."""


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows of `columns` (names of attributes) and return how many; memory is bounded."""
    fields = [_field(model, name) for name in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    table = f'"{model._meta.db_table}"'
    n_rows = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # COPY refuses tables with row-level security: there it fills a table on the way.
            goal = _waiting_room(cursor, names, table) if row_security.is_on() else table
            copying = cursor.copy(f"COPY {goal} ({names}) FROM STDIN")
            with connection.wrap_database_errors, copying as copy:
                for row in rows:
                    copy.write_row(row)
                    n_rows += 1
            if goal != table:
                cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {goal}")
                cursor.execute(f"DROP TABLE {goal}")
            if n_rows >= ANALYZED_FROM:
                # What PostgreSQL counted by itself meanwhile left out the rows of this transaction:
                # it would plan as if the table were empty, and a join of a district never ends.
                cursor.execute(f"ANALYZE (SKIP_LOCKED) {table}")
            return n_rows
        # SQLite keeps moments and UUIDs as text in a form of Django's own.
        odd = {
            i: _adapter(f) for i, f in enumerate(fields) if f.get_internal_type() in _ODD_IN_SQLITE
        }
        places = ", ".join(["%s"] * len(fields))
        sql = f"INSERT INTO {table} ({names}) VALUES ({places})"
        for part in parts(rows, ROWS_AT_ONCE):
            plain = [_adapted(row, odd) for row in part] if odd else part
            cursor.executemany(sql, plain)
            n_rows += len(part)
    return n_rows


def _waiting_room(cursor: Any, names: str, table: str) -> str:
    """Make an empty temporary table of some columns; the caller holds the transaction."""
    cursor.execute(f"CREATE TEMP TABLE on_the_way AS SELECT {names} FROM {table} WITH NO DATA")
    return "on_the_way"


_ODD_IN_SQLITE = {"DateTimeField", "UUIDField"}


def update(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, by: str = "id"
) -> None:
    """Set `columns` of rows found by `by`; each row holds the values and, last, its key."""
    settings = ", ".join(f'"{_field(model, name).column}" = %s' for name in columns)
    sql = f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{by}" = %s'
    with connection.cursor() as cursor:
        for part in parts(rows, ROWS_AT_ONCE):
            cursor.executemany(sql, part)


def delete(model: type[Model], ids: Iterable[int]) -> None:
    """Delete rows by id, without looking for what refers to them: the database does."""
    with connection.cursor() as cursor:
        for part in parts(ids, VALUES_AT_ONCE):
            places = ", ".join(["%s"] * len(part))
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id IN ({places})', part)


def new_ids(model: type[Model], n: int) -> range | list[int]:
    """Return `n` ids for new rows of a model; the caller holds the transaction.

    On SQLite the one writer knows the next ids. PostgreSQL gives them out of the sequence.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, n],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(
            f'SELECT max(coalesce((SELECT max(id) FROM "{table}"), 0), '
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
            [table],
        )
        first = cursor.fetchone()[0] + 1
    return range(first, first + n)


def rows_where_in(
    sql: str, params: Sequence[Any], values: Iterable[Any]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query for each part of `values`, which take the place of {values}."""
    with connection.cursor() as cursor:
        for part in parts(values, VALUES_AT_ONCE):
            cursor.execute(sql.format(values=", ".join(["%s"] * len(part))), [*params, *part])
            yield from cursor.fetchall()


def parts(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of at most `size` items.

    >>> list(parts([1, 2, 3], 2))
    [[1, 2], [3]]
    """
    left = iter(items)
    while part := list(islice(left, size)):
        yield part


def _field(model: type[Model], name: str) -> Any:
    return next(f for f in model._meta.concrete_fields if name in (f.attname, f.name))


def _adapter(field: Any) -> Callable[[Any], Any]:
    """Return what adapts a moment or UUID; rows written together mostly share it."""
    prepared = partial(field.get_db_prep_value, connection=connection, prepared=False)
    return lru_cache(maxsize=1_000)(prepared)


def _adapted(row: Sequence[Any], odd: Mapping[int, Callable[[Any], Any]]) -> list[Any]:
    values = list(row)
    for i, adapt in odd.items():
        values[i] = adapt(values[i])
    return values

"""What many tests begin with: made once by the program, then put back row by row.

A test that needs a checked table or a district with everybody in it need not have it made anew: the
same act on the same rows gives the same rows. `prepared` compares all that is stored with what was
stored when the act was done before in this process, and does it again where they differ.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.apps import apps
from django.db import connection, transaction

from junheng.apps.foundation import bulk

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from django.db.models import Model

    # A row as the database gives it: values of SQLite, a line of COPY of PostgreSQL.
    Rows = tuple[Any, ...]

Made = TypeVar("Made")

# Made by migrations, the same for every test.
FIXED = frozenset({"django_migrations", "django_content_type", "auth_permission"})


@dataclass(frozen=True)
class _Kept:
    """The rows that an act added, by table, and what it returned."""

    rows: Mapping[str, Rows]
    returned: object


_kept: dict[tuple[Hashable, tuple[tuple[str, Rows], ...]], _Kept] = {}


def prepared(name: Hashable, make: Callable[[], Made]) -> Made:
    """Do what `make` does, or write the rows it added when it was done to the same database.

    `make` depends on the database and on `name` alone, and returns what can be copied. Where it
    changes rows that were there, it is done each time.
    """
    before = everything_stored()
    key = (name, tuple(before.items()))
    if key in _kept:
        _write(_kept[key].rows)
    else:
        made = make()
        added = _added(before, everything_stored())
        if added is None:
            return made
        _kept[key] = _Kept(added, copy.deepcopy(made))
    # A copy also the first time, so that no test meets an object that others do not.
    return cast("Made", copy.deepcopy(_kept[key].returned))


def everything_stored() -> dict[str, Rows]:
    """Return the rows of every table that holds some, what others refer to first."""
    stored = {table: _read(table) for table in _tables()}
    return {table: rows for table, rows in stored.items() if rows}


@cache
def _tables() -> tuple[str, ...]:
    models = apps.get_models(include_auto_created=True)
    refers = {model._meta.db_table: set(_referred(model)) for model in models}
    return tuple(table for table in TopologicalSorter(refers).static_order() if table not in FIXED)


def _referred(model: type[Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        other = field.related_model
        if other is not None and other is not model:
            yield other._meta.db_table


def _added(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> dict[str, Rows] | None:
    """Return the rows that are new; None when one of the old is gone or another."""
    added = {}
    for table in _tables():
        old, new = set(before.get(table, ())), after.get(table, ())
        added[table] = tuple(row for row in new if row not in old)
        if len(old) + len(added[table]) != len(new):
            return None
    return {table: rows for table, rows in added.items() if rows}


def _read(table: str) -> Rows:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                return tuple(b"".join(copy).splitlines(keepends=True))
        cursor.execute(f'SELECT {_columns(table)} FROM "{table}"')
        return tuple(cursor.fetchall())


@cache
def _columns(table: str) -> str:
    """Return the columns of a table as expressions, which SQLite gives as they are stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info(%s)", [table])
        return ", ".join(f'+"{name}"' for (name,) in cursor.fetchall())


def _write(rows: Mapping[str, Rows]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lines in rows.items():
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(b"".join(lines))
                if len(lines) >= bulk.ANALYZED_FROM:
                    # As the program does after writing: what it told the planner went with its
                    # transaction, and a join of tables taken for empty may never end.
                    cursor.execute(f'ANALYZE (SKIP_LOCKED) "{table}"')
            else:
                places = ", ".join(["%s"] * len(lines[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', lines)

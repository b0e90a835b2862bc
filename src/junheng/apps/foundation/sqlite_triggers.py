"""For migrations: SQLite rebuilds a table to alter it, and triggers stand in the way.

`aside(table)` takes every trigger that names the table out of the database, `back()` makes them
again as they were. A migration puts one before and one behind what alters the table; on
PostgreSQL, which alters in place, both do nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT = "triggers_aside"


def aside(table: str) -> migrations.RunPython:
    """Return the operation that puts the triggers which name `table` aside."""

    def run(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _keep(schema_editor, table)

    return migrations.RunPython(run, _make_again)


def back(table: str) -> migrations.RunPython:
    """Return the operation that makes again what `aside` of the same table put aside."""

    def undo(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _keep(schema_editor, table)

    return migrations.RunPython(_make_again, undo)


def _keep(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND instr(sql, %s) > 0",
            [table],
        )
        found = cursor.fetchall()
        cursor.execute(f"CREATE TEMP TABLE {KEPT} (name TEXT, sql TEXT)")
        cursor.executemany(f"INSERT INTO {KEPT} VALUES (%s, %s)", found)
        for name, _ in found:
            cursor.execute(f"DROP TRIGGER {name}")


def _make_again(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT sql FROM {KEPT}")
        for (sql,) in cursor.fetchall():
            cursor.execute(sql)
        cursor.execute(f"DROP TABLE {KEPT}")

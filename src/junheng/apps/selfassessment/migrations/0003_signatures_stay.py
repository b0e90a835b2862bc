"""The database refuses to change or remove a signature or the answer of a school, whoever asks.

A later migration that alters these tables must build the triggers anew: SQLite drops them when it
rebuilds a table.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("selfassessment_signedstep", "selfassessment_schoolanswer")
REFUSED = "signatures are append-only"


def _sqlite(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"


def _postgresql(table: str) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )


def raise_wall(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make = _sqlite if schema_editor.connection.vendor == "sqlite" else _postgresql
    for table in TABLES:
        for statement in make(table):
            schema_editor.execute(statement, params=None)


def lower_wall(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {table}_no_update", params=None)
            schema_editor.execute(f"DROP TRIGGER {table}_no_delete", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_no_change ON {table}", params=None)
            schema_editor.execute(f"DROP FUNCTION {table}_refuse()", params=None)


class Migration(migrations.Migration):
    dependencies = [("selfassessment", "0002_courses")]
    operations = [migrations.RunPython(raise_wall, lower_wall)]

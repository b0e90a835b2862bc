"""Whether a bureau is simulated is settled when it is made: the database refuses to change it."""

from collections.abc import Iterable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    "CREATE TRIGGER registry_bureau_simulated_stays BEFORE UPDATE ON registry_bureau "
    "WHEN NEW.is_simulated <> OLD.is_simulated "
    "BEGIN SELECT RAISE(ABORT, 'is_simulated is never changed'); END",
)
SQLITE_BACK = ("DROP TRIGGER registry_bureau_simulated_stays",)
POSTGRESQL = (
    "CREATE FUNCTION registry_bureau_simulated_stays() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'is_simulated is never changed' "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER registry_bureau_simulated_stays BEFORE UPDATE ON registry_bureau FOR EACH ROW "
    "WHEN (NEW.is_simulated IS DISTINCT FROM OLD.is_simulated) "
    "EXECUTE FUNCTION registry_bureau_simulated_stays()",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER registry_bureau_simulated_stays ON registry_bureau",
    "DROP FUNCTION registry_bureau_simulated_stays()",
)


def raise_wall(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, SQLITE, POSTGRESQL)


def lower_wall(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


def _run(
    schema_editor: BaseDatabaseSchemaEditor, sqlite: Iterable[str], postgresql: Iterable[str]
) -> None:
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_schools")]
    operations = [migrations.RunPython(raise_wall, lower_wall)]

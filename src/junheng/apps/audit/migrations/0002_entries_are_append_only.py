"""The database notes each entry as unsealed, and refuses to change entries and seals, whoever asks.

A later migration that alters these tables must build the triggers anew: SQLite drops them when it
rebuilds a table.
"""

from collections.abc import Iterable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENTRY, SEAL, UNSEALED = "audit_auditentry", "audit_auditseal", "audit_unsealed"
KEYS = {ENTRY: "id", SEAL: "number"}
REFUSAL = "the audit log is append-only"
NOTE = f"INSERT INTO {UNSEALED} (entry_id) VALUES (NEW.id)"


def _sqlite_wall(table: str) -> tuple[str, ...]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    key = KEYS[table]
    return (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE removes the old row without asking the trigger above.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}",
    )


def _postgresql_wall(table: str) -> tuple[str, ...]:
    refuse = f"EXECUTE FUNCTION {ENTRY}_refuse()"
    return (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT {refuse}",
    )


SQLITE = (
    *_sqlite_wall(ENTRY),
    *_sqlite_wall(SEAL),
    f"CREATE TRIGGER {ENTRY}_unsealed AFTER INSERT ON {ENTRY} BEGIN {NOTE}; END",
)
SQLITE_BACK = (
    *(
        f"DROP TRIGGER {table}_no_{act}"
        for table in KEYS
        for act in ("update", "delete", "replace")
    ),
    f"DROP TRIGGER {ENTRY}_unsealed",
)
POSTGRESQL = (
    f"CREATE FUNCTION {ENTRY}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$",
    *_postgresql_wall(ENTRY),
    *_postgresql_wall(SEAL),
    f"CREATE FUNCTION {ENTRY}_note() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {NOTE}; RETURN NULL; END $$",
    f"CREATE TRIGGER {ENTRY}_unsealed AFTER INSERT ON {ENTRY} "
    f"FOR EACH ROW EXECUTE FUNCTION {ENTRY}_note()",
)
POSTGRESQL_BACK = (
    *(
        f"DROP TRIGGER {table}_no_{act} ON {table}"
        for table in KEYS
        for act in ("change", "truncate")
    ),
    f"DROP TRIGGER {ENTRY}_unsealed ON {ENTRY}",
    f"DROP FUNCTION {ENTRY}_refuse()",
    f"DROP FUNCTION {ENTRY}_note()",
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
    dependencies = [("audit", "0001_entries_and_seals")]
    operations = [migrations.RunPython(raise_wall, lower_wall)]

"""What the database itself refuses: a class of another school, two administrators in one person.

A later migration that alters the table of posts must make its triggers anew on SQLite, which drops
them when it rebuilds a table.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "accounts_post"
STILL = "'9999-12-31'"
ADMINISTRATORS = "('system_administrator', 'security_administrator', 'audit_administrator')"
DISJOINT = "post_administrators_are_apart"
AGREES = "post_class_is_of_its_school"

TWO_ADMINISTRATORS = (
    f"NEW.role IN {ADMINISTRATORS} AND NEW.revoked_at IS NULL AND EXISTS (SELECT 1 FROM {TABLE} r "
    "WHERE r.user_id = NEW.user_id AND r.revoked_at IS NULL "
    f"AND r.role IN {ADMINISTRATORS} AND r.role <> NEW.role "
    f"AND r.valid_from <= coalesce(NEW.valid_to, {STILL}) "
    f"AND coalesce(r.valid_to, {STILL}) >= NEW.valid_from)"
)
FOREIGN_CLASS = (
    "NEW.school_class_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM registry_schoolclass c "
    "WHERE c.id = NEW.school_class_id AND c.school_id = NEW.school_id)"
)
SQLITE = {
    f"{TABLE}_{name}_{when}": f"BEFORE {event} ON {TABLE} WHEN {refused} "
    f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    for name, refused, columns in (
        (DISJOINT, TWO_ADMINISTRATORS, "user_id, role, valid_from, valid_to, revoked_at"),
        (AGREES, FOREIGN_CLASS, "school_id, school_class_id"),
    )
    for when, event in (("new", "INSERT"), ("old", f"UPDATE OF {columns}"))
} | {
    f"{TABLE}_{AGREES}_above": "BEFORE UPDATE OF school_id ON registry_schoolclass "
    "WHEN NEW.school_id <> OLD.school_id AND EXISTS "
    f"(SELECT 1 FROM {TABLE} r WHERE r.school_class_id = OLD.id) "
    f"BEGIN SELECT RAISE(ABORT, '{AGREES}'); END"
}
POSTGRESQL = (
    "CREATE UNIQUE INDEX registry_schoolclass_school_and_id "
    "ON registry_schoolclass (id, school_id)",
    f"ALTER TABLE {TABLE} ADD CONSTRAINT {AGREES} FOREIGN KEY (school_class_id, school_id) "
    "REFERENCES registry_schoolclass (id, school_id)",
    # Two appointments of one person at once wait for each other: the lock is on the person.
    f"CREATE FUNCTION {TABLE}_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE; "
    f"IF {TWO_ADMINISTRATORS.replace(STILL, STILL + '::date')} THEN "
    f"RAISE EXCEPTION '{DISJOINT}' USING ERRCODE = 'integrity_constraint_violation'; "
    "END IF; RETURN NEW; END $$",
    f"CREATE TRIGGER {DISJOINT} BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW "
    f"WHEN (NEW.role IN {ADMINISTRATORS}) EXECUTE FUNCTION {TABLE}_apart()",
)
POSTGRESQL_BACK = (
    f"DROP TRIGGER {DISJOINT} ON {TABLE}",
    f"DROP FUNCTION {TABLE}_apart()",
    f"ALTER TABLE {TABLE} DROP CONSTRAINT {AGREES}",
    "DROP INDEX registry_schoolclass_school_and_id",
)


def raise_walls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, text in SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {text}", params=None)
    else:
        for statement in POSTGRESQL:
            schema_editor.execute(statement, params=None)


def lower_walls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}", params=None)
    else:
        for statement in POSTGRESQL_BACK:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_places_of_posts")]
    operations = [migrations.RunPython(raise_walls, lower_walls)]

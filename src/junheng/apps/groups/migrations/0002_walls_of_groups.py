"""What the database itself refuses: a school in a group of another bureau, or in one group twice.

A later migration that alters the table of memberships must make its triggers anew on SQLite.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "groups_membership"
STILL = "'9999-12-31'"
PARENTS = (("grouping_id", "groups_grouping"), ("school_id", "registry_school"))


def sqlite_walls() -> dict[str, str]:
    """Return the text of every trigger by name."""
    walls = {}
    for column, parent in PARENTS:
        name = f"{TABLE}_{column}_agrees"
        refuse = (
            f"ON {TABLE} WHEN NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.id = NEW.{column} "
            f"AND p.bureau_id = NEW.bureau_id) BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        walls[f"{name}_new"] = f"BEFORE INSERT {refuse}"
        walls[f"{name}_old"] = f"BEFORE UPDATE OF {column}, bureau_id {refuse}"
    name = "membership_one_a_day"
    twice = (
        f"ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} r WHERE r.grouping_id = NEW.grouping_id "
        "AND r.school_id = NEW.school_id AND r.id IS NOT NEW.id "
        f"AND r.from_date <= coalesce(NEW.to_date, {STILL}) "
        f"AND coalesce(r.to_date, {STILL}) >= NEW.from_date) "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )
    walls[f"{TABLE}_{name}_new"] = f"BEFORE INSERT {twice}"
    columns = "grouping_id, school_id, from_date, to_date"
    walls[f"{TABLE}_{name}_old"] = f"BEFORE UPDATE OF {columns} {twice}"
    return walls


def postgresql_walls() -> dict[str, str]:
    """Return the text of every constraint by name."""
    walls = {
        f"{TABLE}_{column}_agrees": f"FOREIGN KEY ({column}, bureau_id) "
        f"REFERENCES {parent} (id, bureau_id)"
        for column, parent in PARENTS
    }
    # A range of one number stands for equality, which needs no extension.
    return walls | {
        f"{TABLE}_membership_one_a_day": "EXCLUDE USING gist ("
        "int8range(grouping_id, grouping_id, '[]') WITH &&, "
        "int8range(school_id, school_id, '[]') WITH &&, "
        "daterange(from_date, to_date, '[]') WITH &&)"
    }


def raise_walls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, text in sqlite_walls().items():
            schema_editor.execute(f"CREATE TRIGGER {name} {text}", params=None)
    else:
        for name, text in postgresql_walls().items():
            schema_editor.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} {text}", params=None)


def lower_walls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in sqlite_walls():
            schema_editor.execute(f"DROP TRIGGER {name}", params=None)
    else:
        for name in postgresql_walls():
            schema_editor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_groups_of_schools")]
    operations = [migrations.RunPython(raise_walls, lower_walls)]

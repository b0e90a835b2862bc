"""What the database itself refuses, whoever writes: rows of two bureaus joined, two places at once.

PostgreSQL holds it by foreign keys that carry the bureau (and the school) along and by exclusion
constraints, SQLite by triggers. A later migration that alters one of these tables must make its
triggers anew on SQLite, which drops them when it rebuilds a table (a test counts them).
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SCHOOL = ("school_id",)
AGREEMENTS = (
    # Table, column, table that it leads to, columns beside the bureau in which both agree.
    ("stageunit", "school_id", "school", ()),
    ("schoolprofile", "school_id", "school", ()),
    ("schoolprofile", "parent_id", "school", ()),
    ("schoolsuccession", "school_id", "school", ()),
    ("schoolsuccession", "other_id", "school", ()),
    ("campus", "school_id", "school", ()),
    ("schoolclass", "school_id", "school", ()),
    ("schoolclass", "unit_id", "stageunit", SCHOOL),
    ("classyear", "school_class_id", "schoolclass", SCHOOL),
    ("classyear", "campus_id", "campus", SCHOOL),
    ("term", "year_id", "bureauyear", ()),
    ("pupil", "person_id", "person", ()),
    ("enrolment", "pupil_id", "pupil", ()),
    ("enrolment", "school_class_id", "schoolclass", ()),
    ("staff", "person_id", "person", ()),
    ("employment", "staff_id", "staff", ()),
    ("employment", "school_id", "school", ()),
    ("teaching", "staff_id", "staff", ()),
    ("teaching", "unit_id", "stageunit", ()),
    ("trainingrecord", "staff_id", "staff", ()),
    ("room", "school_id", "school", ()),
    ("room", "campus_id", "campus", SCHOOL),
    ("sportsground", "school_id", "school", ()),
    ("sportsground", "campus_id", "campus", SCHOOL),
    ("assetline", "school_id", "school", ()),
    ("fundingline", "school_id", "school", ()),
    ("document", "school_id", "school", ()),
    ("countyfact", "document_id", "document", ()),
)
OVERLAPS = (
    # Name, table, whose rows, which rows.
    ("enrolment_one_a_day", "enrolment", "pupil_id", ""),
    ("employment_one_a_day", "employment", "staff_id", "is_on_establishment"),
)
STILL = "'9999-12-31'"


def sqlite_walls() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every trigger."""
    for child, column, parent, further in AGREEMENTS:
        name = f"registry_{child}_{column}_agrees"
        both = ("bureau_id", *further)
        same = " AND ".join(f"p.{c} = NEW.{c}" for c in both)
        missing = (
            f"WHEN NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM registry_{parent} p "
            f"WHERE p.id = NEW.{column} AND {same})"
        )
        refuse = f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        on = f"ON registry_{child} {missing} {refuse}"
        yield f"{name}_new", f"BEFORE INSERT {on}"
        yield f"{name}_old", f"BEFORE UPDATE OF {', '.join((column, *both))} {on}"
        differs = " OR ".join(f"NEW.{c} <> OLD.{c}" for c in both)
        yield (
            f"{name}_above",
            f"BEFORE UPDATE OF {', '.join(both)} ON registry_{parent} WHEN ({differs}) AND EXISTS "
            f"(SELECT 1 FROM registry_{child} c WHERE c.{column} = OLD.id) {refuse}",
        )
    for name, table, whose, which in OVERLAPS:
        counts = f" AND r.{which}" if which else ""
        applies = f"NEW.{which} AND " if which else ""
        on = (
            f"ON registry_{table} WHEN {applies}EXISTS (SELECT 1 FROM registry_{table} r "
            f"WHERE r.{whose} = NEW.{whose} AND r.id IS NOT NEW.id{counts} "
            f"AND r.from_date <= coalesce(NEW.to_date, {STILL}) "
            f"AND coalesce(r.to_date, {STILL}) >= NEW.from_date) "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        yield f"registry_{name}_new", f"BEFORE INSERT {on}"
        changed = ", ".join(filter(None, (whose, "from_date", "to_date", which)))
        yield f"registry_{name}_old", f"BEFORE UPDATE OF {changed} {on}"


def postgresql_walls() -> Iterator[tuple[str, str]]:
    """Yield each statement that raises a wall with the one that lowers it."""
    targets = {(parent, further) for _, _, parent, further in AGREEMENTS}
    for parent, further in sorted(targets - {("school", ())}):
        name = f"registry_{parent}_{'_'.join(('whole', *further))}"
        columns = ", ".join(("id", "bureau_id", *further))
        yield f"CREATE UNIQUE INDEX {name} ON registry_{parent} ({columns})", f"DROP INDEX {name}"
    for child, column, parent, further in AGREEMENTS:
        name = f"registry_{child}_{column}_agrees"
        both = ", ".join(("bureau_id", *further))
        yield (
            f"ALTER TABLE registry_{child} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {both}) "
            f"REFERENCES registry_{parent} (id, {both})",
            f"ALTER TABLE registry_{child} DROP CONSTRAINT {name}",
        )
    for name, table, whose, which in OVERLAPS:
        only = f" WHERE ({which})" if which else ""
        # A range of one number stands for equality, which needs no extension.
        yield (
            f"ALTER TABLE registry_{table} ADD CONSTRAINT registry_{name} EXCLUDE USING gist ("
            f"int8range({whose}, {whose}, '[]') WITH &&, "
            f"daterange(from_date, to_date, '[]') WITH &&){only}",
            f"ALTER TABLE registry_{table} DROP CONSTRAINT registry_{name}",
        )


def raise_walls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, text in sqlite_walls():
            schema_editor.execute(f"CREATE TRIGGER {name} {text}", params=None)
    else:
        for statement, _ in postgresql_walls():
            schema_editor.execute(statement, params=None)


def lower_walls(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, _ in sqlite_walls():
            schema_editor.execute(f"DROP TRIGGER {name}", params=None)
    else:
        for _, statement in reversed(list(postgresql_walls())):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_unit_has_a_bureau")]
    operations = [migrations.RunPython(raise_walls, lower_walls)]

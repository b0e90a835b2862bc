"""The SQL of the second wall: policies from the reach of every scoped model, and their functions.

The functions belong to the owner of the database and alone may read the key; the web login calls
them. A seal that does not fit counts as no scope at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection

from junheng.apps.foundation.row_security import EVERYTHING, SCOPE, SEAL, key
from junheng.apps.foundation.scoping import Many, Reach, reach_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

SCHEMA, POLICY = "junheng_wall", "junheng_scope"
BLOCK = 64

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.scope() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, {SCHEMA} AS $$
DECLARE
    -- Once a transaction has set it, the setting is blank afterwards and not null.
    words text := nullif(current_setting('{SCOPE}', true), '');
    pads record;
BEGIN
    SELECT inner_pad, outer_pad INTO pads FROM {SCHEMA}.key;
    IF words IS NULL OR encode(sha256(pads.outer_pad || sha256(pads.inner_pad
        || convert_to(pg_backend_pid() || ':' || words, 'UTF8'))), 'hex')
        IS DISTINCT FROM current_setting('{SEAL}', true)
    THEN RETURN '{{}}'::jsonb; END IF;
    RETURN words::jsonb;
END $$;
CREATE OR REPLACE FUNCTION {SCHEMA}.ids(part text) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = pg_catalog, {SCHEMA} AS
$$ SELECT ARRAY(SELECT jsonb_array_elements_text({SCHEMA}.scope() -> part)::bigint) $$;
CREATE OR REPLACE FUNCTION {SCHEMA}.is_everything() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, {SCHEMA} AS
$$ SELECT {SCHEMA}.scope() ? '{EVERYTHING}' $$;
"""


# What the wall has to show beyond the reach of the managers, because pages follow a foreign key to
# it from rows in reach; and where a way round keeps two policies from asking each other for ever.
WIDER: dict[str, Reach] = {
    "balance.AssessedUnit": Reach(bureaus="school__bureau", schools="school"),
    "balance.Assessment": Reach(
        bureaus="bureau", schools=Many("balance.AssessedUnit", "assessment", "school")
    ),
}
# Seen with a row that refers to it: the policies of the other tables decide.
SEEN_WITH: dict[str, tuple[tuple[str, str], ...]] = {
    "registry.Person": (("registry.Pupil", "person"), ("registry.Staff", "person")),
    "registry.StageUnit": (("registry.SchoolClass", "unit"),),
}


def scoped_models() -> list[type[Model]]:
    """Return every model whose rows lie within scopes."""
    return [model for model in apps.get_models() if "scope_reach" in vars(model)]


def table_of(model: type[Model]) -> str:
    """Return the quoted name of a model's table."""
    return connection.ops.quote_name(model._meta.db_table)


def condition(model: type[Model]) -> str:
    """Return when a row of a model is within the scope of the transaction, as SQL."""
    reach = WIDER.get(model._meta.label, reach_of(model))
    ways = [f"(SELECT {SCHEMA}.is_everything())"]
    for part, path in vars(reach).items():
        if isinstance(path, Many):
            ways.append(_through_records(model, path, part))
        elif path is not None:
            ways.append(_along(model, path, part))
    for label, name in SEEN_WITH.get(model._meta.label, ()):
        other = apps.get_model(label)
        own = _column(model, "pk")
        ways.append(f"{own} IN (SELECT {_column(other, name)} FROM {table_of(other)})")
    return " OR ".join(ways)


def _through_records(model: type[Model], many: Many, part: str) -> str:
    records = apps.get_model(many.model)
    found = f"SELECT {_column(records, many.column)} FROM {table_of(records)}"
    return f"{_column(model, many.own)} IN ({found} WHERE {_along(records, many.path, part)})"


def _along(model: type[Model], path: str, part: str) -> str:
    """Return that a look-up path leads into a part of the scope.

    Sub-selects stand alone: a name in them is of their own table before it is of one around.
    """
    first, _, rest = path.partition("__")
    column = _column(model, first)
    if not rest:
        return f"{column} = ANY ((SELECT {SCHEMA}.ids('{part}'))::bigint[])"
    other = model._meta.get_field(first).related_model
    if not isinstance(other, type):
        message = f"{model._meta.label}: “{path}” leads nowhere."
        raise TypeError(message)
    inner = f"SELECT {_column(other, 'pk')} FROM {table_of(other)}"
    return f"{column} IN ({inner} WHERE {_along(other, rest, part)})"


def _column(model: type[Model], name: str) -> str:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    column: str = getattr(field, "column", name)
    return f"{table_of(model)}.{connection.ops.quote_name(column)}"


def raise_wall(login: str) -> None:
    """Make functions and policies, and give the web login what it needs; run by the owner."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {SCHEMA}.key (inner_pad bytea, outer_pad bytea)"
        )
        cursor.execute(f"DELETE FROM {SCHEMA}.key")
        cursor.execute(f"INSERT INTO {SCHEMA}.key VALUES (%s, %s)", list(pads(key())))
        cursor.execute(FUNCTIONS)
        for model in scoped_models():
            for statement in _policy(model):
                cursor.execute(statement)
        for statement in _grants(connection.ops.quote_name(login)):
            cursor.execute(statement)


def lower_wall() -> None:
    """Take policies and functions away; grants stay, they show nothing by themselves."""
    with connection.cursor() as cursor:
        for model in scoped_models():
            table = table_of(model)
            cursor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def pads(secret: bytes) -> tuple[bytes, bytes]:
    """Return the two padded keys of HMAC (RFC 2104): SHA-256 alone goes on from there."""
    padded = secret.ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


def _policy(model: type[Model]) -> Iterator[str]:
    table = table_of(model)
    yield f"DROP POLICY IF EXISTS {POLICY} ON {table}"
    yield f"CREATE POLICY {POLICY} ON {table} USING ({condition(model)})"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    # Without FORCE the owner of the table passes by.
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"


def _grants(login: str) -> Iterator[str]:
    yield f"REVOKE ALL ON {SCHEMA}.key FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {login}"
    yield f"GRANT USAGE ON SCHEMA public TO {login}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {login}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {login}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {login}"

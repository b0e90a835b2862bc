"""How the second wall stands: every gap in words, none when it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from junheng.apps.foundation import scoping
from junheng.apps.foundation.row_security import announce
from junheng.apps.foundation.row_security_sql import POLICY, SCHEMA, scoped_models
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from junheng.i18n import Message


def gaps(login: str) -> list[Message]:
    """Return what keeps the wall from holding for a login of the web."""
    found = [*_of_settings(), *_of_login(login), *_of_tables(), *_of_views()]
    return found if found else list(_of_key())


def _of_settings() -> Iterator[Message]:
    if not settings.ROW_SECURITY:
        yield say("JUNHENG_ROW_SECURITY is off: the site says no scope and would see no rows.")


def _of_login(login: str) -> Iterator[Message]:
    rows = _rows("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [login])
    if not rows:
        yield say("There is no login “{login}”.", login=login)
        return
    if rows[0][0]:
        yield say("“{login}” is a superuser, who passes every policy.", login=login)
    elif rows[0][1]:
        yield say("“{login}” has BYPASSRLS and passes every policy.", login=login)
    owned = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = %s"
    if _rows(owned, [login])[0][0]:
        yield say("“{login}” owns tables and could take the wall away.", login=login)


def _of_tables() -> Iterator[Message]:
    standing = dict(
        _rows(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS ("
            "SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s) "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind = 'r'",
            [POLICY],
        )
    )
    for model in scoped_models():
        if not standing.get(model._meta.db_table):
            yield say("Table {table} stands open.", table=model._meta.db_table)


def _of_views() -> Iterator[Message]:
    """A view reads with the rights of its owner unless it says otherwise."""
    rows = _rows(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm') AND NOT coalesce("
        "'security_invoker=true' = ANY (c.reloptions), false)"
    )
    for (name,) in rows:
        yield say("View {view} reads with the rights of its owner.", view=name)


def _of_key() -> Iterator[Message]:
    with transaction.atomic(), scoping.everything(reason="trial of the seal"):
        announce(connection)
        if not _rows(f"SELECT {SCHEMA}.is_everything()")[0][0]:
            yield say("The database has another key than this site; run `row_security on` again.")


def _rows(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())

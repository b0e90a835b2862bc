"""The site that this process belongs to, as an upgrade works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from junheng.apps.operation.api import key_marks, site_place
from junheng.apps.operation.heartbeats import workers_alive
from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.apps.operation.upgrade.upgrading import Site
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.operation.upgrade.home import Home


def this_site(home: Home) -> Site:
    """Return what an upgrade of this site works on."""
    return Site(
        home=home,
        place=site_place(),
        keys=key_marks(settings.FIELD_KEYS, settings.INDEX_KEY),
        notes=settings.DATA_DIR,
        backups=settings.BACKUPS_DIR,
        # “.example.cn” stands for every name below it.
        host=settings.ALLOWED_HOSTS[0].lstrip("."),
        count=rows_of_tables,
    )


def rows_of_tables() -> dict[str, int]:
    """Return how many rows each table has; no connection is left that would hold the database."""
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            rows = {}
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                rows[table] = int(cursor.fetchone()[0])
    finally:
        connection.close()
    return rows


def require_stopped(*, now: datetime) -> None:
    """Raise UpgradeFault when a worker gave a sign of life within the last minute."""
    try:
        n_alive = workers_alive(now=now)
    finally:
        connection.close()
    if n_alive:
        raise UpgradeFault(
            say(
                "{n} workers are at work. Stop the site and its workers, wait a minute after a "
                "kill, then upgrade.",
                n=n_alive,
            )
        )

"""Whether the site can do its work now: database, migrations, workers, disk."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from junheng.apps.jobs.api import queue_figures
from junheng.apps.operation.heartbeats import workers_alive

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = structlog.get_logger(__name__)
LONGEST_WAIT_S = 120.0
"""A job that is due waits a minute at most after a worker died, and as long again for luck."""


def readiness(*, now: datetime) -> dict[str, bool]:
    """Return each check by name; a check that the database cannot answer has failed."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _answers,
        "migrations": _is_migrated,
        "worker": lambda: _is_worked(now),
        "disk": lambda: free_bytes() >= settings.DISK_FREE_MB * 1024 * 1024,
    }
    return {name: _passes(name, check) for name, check in checks.items()}


def free_bytes() -> int:
    """Return the free space where files are written."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, OSError) as error:
        log.warning("check_failed", check=name, error=type(error).__name__)
        return False


def _answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _is_migrated() -> bool:
    return last_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


@cache
def last_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of each app that this program brings."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _is_worked(now: datetime) -> bool:
    """Say whether a worker lives and the queue moves: one alone does not show the other."""
    figures = queue_figures(now=now)
    is_stuck = figures.longest_wait_s > LONGEST_WAIT_S and not figures.n_leased
    return workers_alive(now=now) > 0 and not is_stuck

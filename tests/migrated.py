"""The test database: made by all migrations once, then copied for every process of a run.

On SQLite the copy stays in `.make` and is used until something in the program changes; a cluster of
PostgreSQL lives for one run, and the first process that needs a database makes what the others
copy.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import sys
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[1]
KEPT = CHECKOUT / ".make" / "migrated"
TEMPLATE = "junheng_migrated"
# What it has beside the methods that the types tell of, Django's own runner of tests uses too.
creation: Any = connection.creation


def make() -> None:
    """Make the test database of this process and connect to it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with _alone(KEPT / f"{connection.vendor}.lock"):
        if connection.vendor == "postgresql":
            _make_on_server()
        else:
            _make_in_memory(KEPT / f"{digest()}.sqlite3")
    connection.ensure_connection()


def drop(name_before: str) -> None:
    """Drop the test database; the settings name again what they named before."""
    creation.destroy_test_db(name_before, verbosity=0)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process after the other in."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_in_memory(kept: Path) -> None:
    if kept.is_file():
        _use(creation._get_test_db_name())
        with closing(sqlite3.connect(kept)) as source:
            connection.ensure_connection()
            source.backup(connection.connection)
        return
    _migrate()
    for older in KEPT.glob("*.sqlite3"):
        older.unlink()
    unfinished = kept.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as target:
        connection.connection.backup(target)
    unfinished.rename(kept)


def _make_on_server() -> None:
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        existing = {name for (name,) in cursor.fetchall()}
    name = creation._get_test_db_name()
    if TEMPLATE not in existing:
        _migrate()
        connection.close()
        _copy(name, TEMPLATE)
        return
    with creation._nodb_cursor() as cursor:
        # What a run that was broken off has left on a server that outlives it.
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
    _copy(TEMPLATE, name)
    _use(name)


def _copy(old: str, new: str) -> None:
    with creation._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{new}" TEMPLATE "{old}"')


def _migrate() -> None:
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


@cache
def digest() -> str:
    """Return a digest of what a migrated database depends on, the whole program counted in.

    Migrations and what follows them read rules, models and walls, wherever these stand.
    """
    known = sha256(repr((sys.version, sqlite3.sqlite_version, settings.INSTALLED_APPS)).encode())
    known.update((CHECKOUT / "requirements" / "base.txt").read_bytes())
    program = CHECKOUT / "src" / "junheng"
    for folder, folders, files in os.walk(program):
        folders[:] = sorted(set(folders) - {"__pycache__", "static", "templates", "locale"})
        for path in (Path(folder, name) for name in sorted(files)):
            if path.suffix in {".py", ".toml", ".sql"}:
                known.update(f"{path.relative_to(program)}\0".encode() + path.read_bytes())
    return known.hexdigest()[:16]

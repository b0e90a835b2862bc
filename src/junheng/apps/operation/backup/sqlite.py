"""Copies of an SQLite database by its online backup: page for page, while others write."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from junheng.apps.operation.backup.contents import BackupFault, Contents
from junheng.i18n import say

BESIDE = ("-wal", "-shm", "-journal")
WAIT_FOR_LOCK_S = 2.0


class SqliteStore:
    """The database in one file."""

    kind = "sqlite"
    copy_name = "database.sqlite3"

    def __init__(self, path: Path) -> None:
        self.path = path

    def copy_to(self, path: Path) -> Contents:
        """Copy in one step under one read transaction; writers go on in the journal (WAL)."""
        with closing(_read_only(self.path)) as source, closing(sqlite3.connect(path)) as copy:
            # The transaction that counted is the one that is copied.
            source.execute("BEGIN")
            contents = _contents(source)
            source.backup(copy)
            # A copy is one file, whoever opens it.
            copy.execute("PRAGMA journal_mode=DELETE")
        _sync(path)
        return contents

    def contents_of(self, copy: Path) -> Contents:
        """Restore into a temporary folder, check every page and every reference, and count."""
        with tempfile.TemporaryDirectory() as folder:
            restored = Path(folder) / self.copy_name
            shutil.copyfile(copy, restored)
            return _checked_contents(restored)

    def is_empty(self) -> bool:
        """Say whether there is no table yet."""
        if not self.path.exists():
            return True
        try:
            with closing(_read_only(self.path)) as source:
                return not _tables(source)
        except sqlite3.DatabaseError:
            # A damaged database is not an empty one.
            return False

    def replace_with(self, copy: Path, expected: Contents) -> None:
        """Prepare the new file beside the old one, prove it, and put it there in one step."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        prepared = self.path.with_name(f".{self.path.name}.restoring")
        shutil.copyfile(copy, prepared)
        prepared.chmod(0o600)
        try:
            expected.require_equal(_checked_contents(prepared))
            _sync(prepared)
            self._close_old()
            prepared.replace(self.path)
        finally:
            prepared.unlink(missing_ok=True)
        _sync(self.path.parent)

    def _close_old(self) -> None:
        """Leave no journal beside the old file: it would be applied to the new one."""
        if not self.path.exists():
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT_FOR_LOCK_S)) as old:
                old.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise in_use() from error
        except sqlite3.DatabaseError:
            # Damaged: nothing in its journal can be saved.
            pass
        for ending in BESIDE:
            Path(f"{self.path}{ending}").unlink(missing_ok=True)


def in_use() -> BackupFault:
    """Return the fault of restoring over a database that others have open."""
    return BackupFault(say("The database is in use. Stop the site and its workers first."))


def _read_only(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise BackupFault(say("There is no database at {path}.", path=str(path)))
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)


def _checked_contents(path: Path) -> Contents:
    try:
        with closing(_read_only(path)) as restored:
            # The copy is closed and whole, hence no journal is asked for.
            (verdict,) = restored.execute("PRAGMA integrity_check(1)").fetchone()
            broken = restored.execute("PRAGMA foreign_key_check").fetchone()
            contents = _contents(restored)
    except sqlite3.DatabaseError as error:
        raise _damaged(str(error)) from error
    if verdict != "ok" or broken:
        raise _damaged(str(verdict if verdict != "ok" else broken[0]))
    return contents


def _damaged(reason: str) -> BackupFault:
    return BackupFault(say("The copy of the database is damaged: {reason}.", reason=reason))


def _contents(connection: sqlite3.Connection) -> Contents:
    tables = _tables(connection)
    rows = {
        table: int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])
        for table in tables
    }
    if "django_migrations" not in tables:
        return Contents(rows, {}, ())
    applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return Contents(rows, {}, tuple(name for (name,) in applied))


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in found]


def _sync(path: Path) -> None:
    """Have the file, or the folder's list of names, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

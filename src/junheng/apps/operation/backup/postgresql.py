"""Copies of a PostgreSQL database by its own programs, counted in the very state they copy."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from junheng.apps.operation.backup.contents import BackupFault, Contents
from junheng.apps.operation.backup.sqlite import in_use
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WAIT_FOR_LOCK_MS = 5000
LOCK_NOT_AVAILABLE = "55P03"
RENEW_SCHEMA = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


class PostgresqlStore:
    """The database on a server, named by an entry of Django's DATABASES."""

    kind = "postgresql"
    copy_name = "database.dump"

    def __init__(self, database: Mapping[str, Any]) -> None:
        self.name = str(database["NAME"])
        self._password = str(database.get("PASSWORD") or "")
        places = {"host": database.get("HOST"), "port": database.get("PORT")}
        person = {"user": database.get("USER")}
        options = {
            key: value
            for key, value in (database.get("OPTIONS") or {}).items()
            if isinstance(value, str)
        }
        given = {key: value for key, value in {**options, **places, **person}.items() if value}
        # Digests are of values as text, which must be written alike on every connection.
        self._conninfo = make_conninfo("", **given)

    def copy_to(self, path: Path) -> Contents:
        """Count in one transaction and dump what that transaction sees, while others write."""
        with self._connection(self.name) as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={path}",
                f"--dbname={self._address(self.name)}",
            )
            return _contents(connection)

    def contents_of(self, copy: Path) -> Contents:
        """Restore into a database of its own on the same server, count there, and drop it."""
        with self._trial_database() as name:
            self._run(
                "pg_restore",
                "--exit-on-error",
                "--single-transaction",
                "--no-owner",
                "--no-privileges",
                f"--dbname={self._address(name)}",
                str(copy),
            )
            with self._connection(name) as connection:
                return _contents(connection)

    def is_empty(self) -> bool:
        """Say whether there is no table yet."""
        with self._connection(self.name) as connection:
            return not _tables(connection)

    def replace_with(self, copy: Path, expected: Contents) -> None:
        """Renew the schema and restore into it in one transaction, then count."""
        script = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}.sql")
        try:
            body = ("--no-owner", "--no-privileges", f"--file={script}", str(copy))
            self._run("pg_restore", *body)
            self._run(
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                "--set=VERBOSITY=verbose",
                "--output=/dev/null",
                f"--dbname={self._address(self.name)}",
                f"--command=SET lock_timeout = {WAIT_FOR_LOCK_MS}",
                f"--command={RENEW_SCHEMA}",
                f"--file={script}",
            )
        finally:
            script.unlink(missing_ok=True)
        with self._connection(self.name) as connection:
            expected.require_equal(_contents(connection))

    def _connection(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        try:
            return psycopg.connect(
                self._address(name),
                password=self._password or None,
                autocommit=True,
                options="-c timezone=UTC -c extra_float_digits=3",
            )
        except psycopg.OperationalError as error:
            reason = str(error).strip()
            raise BackupFault(
                say("The database cannot be reached: {reason}", reason=reason)
            ) from error

    @contextmanager
    def _trial_database(self) -> Iterator[str]:
        name = f"junheng_trial_{secrets.token_hex(6)}"
        quoted = sql.Identifier(name)
        with self._connection(self.name) as connection:
            try:
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(quoted)
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege as error:
                raise BackupFault(
                    say(
                        "The trial restore needs a database of its own. Give the role the right "
                        "CREATEDB, or check hashes alone with --no-trial."
                    )
                ) from error
            try:
                yield name
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))

    def _address(self, name: str) -> str:
        return make_conninfo(self._conninfo, dbname=name)

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL; the password goes by the environment, out of sight."""
        environment = os.environ | ({"PGPASSWORD": self._password} if self._password else {})
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, arguments from settings
            [_program(program), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode and LOCK_NOT_AVAILABLE in done.stderr:
            raise in_use()
        if done.returncode:
            reason = done.stderr.strip()[-500:]
            raise BackupFault(say("{program} failed: {reason}", program=program, reason=reason))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    # Debian keeps several versions side by side; the newest reads what older ones wrote.
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    if newest is None:
        raise BackupFault(
            say("{program} is missing. Install the PostgreSQL client programs.", program=name)
        )
    return str(newest)


def _contents(connection: psycopg.Connection[tuple[Any, ...]]) -> Contents:
    tables = _tables(connection)
    counted = {table: _one(connection, _counting(table)) for table in tables}
    applied: tuple[str, ...] = ()
    if "django_migrations" in tables:
        found = connection.execute("SELECT app || '.' || name FROM django_migrations")
        # Sorted here: the server's collation is another one on each machine.
        applied = tuple(sorted(name for (name,) in found))
    return Contents(
        rows={table: int(n_rows) for table, (n_rows, _) in counted.items()},
        digests={table: str(digest) for table, (_, digest) in counted.items()},
        migrations=applied,
    )


def _counting(table: str) -> sql.Composed:
    return sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(row_::text, 0)), 0)::text FROM {} AS row_"
    ).format(sql.Identifier("public", table))


def _tables(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted(name for (name,) in found)


def _one(
    connection: psycopg.Connection[tuple[Any, ...]], statement: str | sql.Composed
) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    return row or ()

"""What a database holds, in figures that two copies of it must share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class BackupFault(DataError):
    """A backup cannot be made, is not what its manifest says, or does not fit this site."""


@dataclass(frozen=True)
class Contents:
    """Rows and digest of each table, and the migrations applied, as “app.name”.

    The digest does not depend on the order of rows. It is empty where the copy is one of pages
    (SQLite), which `integrity_check` and the file's own hash cover.
    """

    rows: Mapping[str, int]
    digests: Mapping[str, str]
    migrations: tuple[str, ...]

    def require_equal(self, other: Contents) -> None:
        """Raise BackupFault naming the first table in which `other` differs."""
        for table in sorted(self.rows.keys() | other.rows.keys()):
            expected, found = self.rows.get(table, 0), other.rows.get(table, 0)
            if expected != found:
                raise BackupFault(
                    say(
                        "Table {table} has {found} rows after restoring, {expected} before.",
                        table=table,
                        found=found,
                        expected=expected,
                    )
                )
            if self.digests.get(table) != other.digests.get(table):
                raise BackupFault(
                    say("Table {table} has other values after restoring.", table=table)
                )
        if self.migrations != other.migrations:
            raise BackupFault(say("The list of migrations differs after restoring."))


class Store(Protocol):
    """One kind of database: how it is copied and put back."""

    kind: str
    copy_name: str

    def copy_to(self, path: Path) -> Contents:
        """Write one consistent state to `path` and return what it held, while others write."""

    def contents_of(self, copy: Path) -> Contents:
        """Restore a copy into a temporary place and return what it holds there."""

    def is_empty(self) -> bool:
        """Say whether there is no table yet."""

    def replace_with(self, copy: Path, expected: Contents) -> None:
        """Put a copy in place of what is there, all or nothing; BackupFault while in use."""

"""The last backup, as its manifest tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from junheng.apps.operation.backup import manifest
from junheng.errors import JunhengError

if TYPE_CHECKING:
    from pathlib import Path

LATEST_AFTER = timedelta(hours=26)
"""A daily backup that is two hours late."""
LISTED_AT_MOST = 1000


@dataclass(frozen=True)
class BackupShown:
    """The newest backup: when it was made, by which version, from which store."""

    name: str
    made_at: datetime
    version: str
    store: str

    def is_late(self, now: datetime) -> bool:
        """Whether a daily backup would have been there by now."""
        return now - self.made_at > LATEST_AFTER


def last_backup(folder: Path) -> BackupShown | None:
    """Return the newest backup in a folder of backups; None when there is none to be read."""
    if not folder.is_dir():
        return None
    found = [_read(path) for path in sorted(folder.iterdir())[-LISTED_AT_MOST:] if path.is_dir()]
    whole = [one for one in found if one is not None]
    return max(whole, key=lambda one: one.made_at, default=None)


def _read(folder: Path) -> BackupShown | None:
    """Return what a folder's manifest says; None for a backup that did not come to its end."""
    try:
        told = manifest.read(folder)
        made_at = datetime.fromisoformat(told.made_at)
    except (JunhengError, OSError, ValueError):
        return None
    return BackupShown(folder.name, made_at, told.version, told.store)

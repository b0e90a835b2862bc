"""What commands and the site may use: backups, their restoring, signs of life."""

from __future__ import annotations

from junheng.apps.operation.backup.keys import marks as key_marks
from junheng.apps.operation.backup.keys import require_apart, write
from junheng.apps.operation.backup.making import backup_make, backup_verify
from junheng.apps.operation.backup.place import site_place
from junheng.apps.operation.backup.restoring import restore
from junheng.apps.operation.heartbeats import heartbeats

keys_require_apart = require_apart
keys_write = write

__all__ = [
    "backup_make",
    "backup_verify",
    "heartbeats",
    "key_marks",
    "keys_require_apart",
    "keys_write",
    "restore",
    "site_place",
]

"""That an upgrade is under way, written down for whoever comes after a kill; one at a time."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.apps.operation.upgrade.home import sync
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_NAME = "upgrade.json"
LOCK_NAME = "upgrade.lock"


@dataclass(frozen=True)
class Unfinished:
    """An upgrade under way: the environment before and after, and the backup in between."""

    old: Path
    new: Path
    backup: Path

    def write(self, folder: Path) -> None:
        """Write it down so that it is on the disk when this returns."""
        text = json.dumps({name: str(path) for name, path in vars(self).items()})
        partial = folder / f".{FILE_NAME}"
        with partial.open("w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(folder / FILE_NAME)
        sync(folder)


def read(folder: Path) -> Unfinished | None:
    """Return the upgrade that is written down, None when there is none."""
    path = folder / FILE_NAME
    if not path.exists():
        return None
    written = json.loads(path.read_text(encoding="utf-8"))
    return Unfinished(**{name: Path(value) for name, value in written.items()})


def forget(folder: Path) -> None:
    """Take note that no upgrade is under way any more."""
    (folder / FILE_NAME).unlink(missing_ok=True)
    sync(folder)


@contextmanager
def alone(folder: Path, *, wait_s: float) -> Iterator[int]:
    """Hold the lock of upgrades and give its handle, which programs that are started inherit.

    So a program that outlives the upgrade that started it keeps the next one waiting until it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle, wait_s)
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise UpgradeFault(say("Another upgrade is at work.")) from error
            time.sleep(0.1)
        else:
            return

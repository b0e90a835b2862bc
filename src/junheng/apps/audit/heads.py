"""The head of the chain outside the database: a file of its own, to be copied to another machine.

One line of JSON a day, the last one kept at the newest seal. A database that knows less than the
file has lost its tail.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import structlog

from junheng.apps.audit.chain import moment
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.apps.audit.models import AuditSeal

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Head:
    """The head of one seal, as told outside the database; `at` is a moment in UTC as text."""

    seal: int
    at: str
    head: str


def export(seal: AuditSeal, path: Path) -> None:
    """Tell the head of a seal to the log and to the file; a file that fails stops nobody."""
    told = Head(seal.number, moment(seal.at), seal.head)
    log.info("audit_sealed", seal=told.seal, head=told.head, entries=seal.n_entries)
    try:
        with _alone(path):
            _write(path, [*_without_same_day(heads_in(path) if path.exists() else [], told), told])
    except (OSError, DataError) as error:
        log.error("audit_head_not_written", error=type(error).__name__)


def heads_in(path: Path) -> list[Head]:
    """Return what a file tells; DataError when it cannot be read or is no such file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Head(**json.loads(line)) for line in lines]
    except OSError as error:
        raise DataError(
            say("{file} cannot be read: {reason}.", file=str(path), reason=error.strerror or "")
        ) from error
    except (TypeError, ValueError) as error:
        raise DataError(
            say("{file} is no file of heads of the audit log.", file=str(path))
        ) from error


def _without_same_day(heads: list[Head], told: Head) -> list[Head]:
    # A head that stands higher than the new one stays: it proves that a tail was lost.
    is_same_day = bool(heads) and heads[-1].at[:10] == told.at[:10] and heads[-1].seal <= told.seal
    return heads[:-1] if is_same_day else heads


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no other thread or process write the file until the block ends: none loses a head."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, heads: list[Head]) -> None:
    whole = path.with_name(f"{path.name}.{os.getpid()}")
    whole.write_text("".join(json.dumps(asdict(head)) + "\n" for head in heads), encoding="utf-8")
    whole.replace(path)

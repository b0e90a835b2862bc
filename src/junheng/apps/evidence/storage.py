"""Where sealed files lie: below the folder of uploaded files, under random names."""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from django.conf import settings

from junheng.apps.evidence import sealing

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """A sealed file: its random name and its key in base64."""

    name: str
    key: str


def folder() -> Path:
    """Return the folder of evidence; backups take it along with all uploaded files."""
    return Path(settings.MEDIA_ROOT) / "evidence"


def path_of(name: str) -> Path:
    """Return where a sealed file lies."""
    return folder() / name[:2] / name


@contextmanager
def kept(source: BinaryIO) -> Iterator[Stored]:
    """Seal a file for the rows that the block writes; it goes again when the block fails.

    It is on disk before any row names it, so that a backup never misses a file that a row names.
    """
    name, key = secrets.token_hex(16), secrets.token_bytes(32)
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{name}.part")
    try:
        with part.open("xb") as target:
            part.chmod(0o600)
            source.seek(0)
            sealing.seal(source, target, key)
            target.flush()
            os.fsync(target.fileno())
        part.rename(path)
        yield Stored(name, base64.b64encode(key).decode())
    except BaseException:
        part.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise


def pieces(stored: Stored) -> Iterator[bytes]:
    """Yield what a file holds, piece by piece."""
    with path_of(stored.name).open("rb") as source:
        yield from sealing.opened(source, base64.b64decode(stored.key))


@contextmanager
def unsealed(stored: Stored) -> Iterator[BinaryIO]:
    """Give a file as one that can be searched, in memory or, where large, in a temporary file."""
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as found:
        for piece in pieces(stored):
            found.write(piece)
        found.seek(0)
        yield cast("BinaryIO", found)


def is_there(name: str) -> bool:
    """Whether the sealed file is on disk."""
    return path_of(name).is_file()


def remove(name: str) -> None:
    """Remove a sealed file."""
    path_of(name).unlink(missing_ok=True)

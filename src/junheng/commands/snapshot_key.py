"""The secret key of a snapshot's pseudonyms, in a file that its owner alone can read."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from junheng.engine.snapshot.pseudonyms import KEY_BYTES, PERSON_KEYS, key_from
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHERS_MAY_READ = 0o077


@contextmanager
def secret_in(path: Path | None, source: Path, target: Path) -> Iterator[bytes | None]:
    """Give the key in a file; a new file that was made for nothing is removed.

    A folder that brings keys of persons needs none.
    """
    if path is None or (source / PERSON_KEYS).is_file():
        yield None
        return
    whole = path.resolve()
    if whole.is_relative_to(target.resolve()) or whole.is_relative_to(source.resolve()):
        raise DataError(
            say("{file} lies with the data. Keep the key in another place.", file=str(path))
        )
    is_new = not path.exists()
    secret = _new_key(path) if is_new else _key_in(path)
    try:
        yield secret
    except BaseException:
        if is_new:
            path.unlink()
        raise


def _new_key(path: Path) -> bytes:
    secret = secrets.token_bytes(KEY_BYTES)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise DataError(
            say(
                "The key file {file} cannot be made: {reason}.",
                file=str(path),
                reason=error.strerror or "",
            )
        ) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{secret.hex()}\n")
    return secret


def _key_in(path: Path) -> bytes:
    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise DataError(
            say(
                "The key file {file} cannot be read: {reason}.",
                file=str(path),
                reason=error.strerror or "",
            )
        ) from error
    if mode & OTHERS_MAY_READ:
        raise DataError(
            say("Others may read the key file {file}. Run: chmod 600 {file}", file=str(path))
        )
    return key_from(text.decode("ascii", errors="replace"), file=str(path))

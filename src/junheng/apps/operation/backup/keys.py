"""Keys of the site: told apart by marks in a backup, copied to another place on demand."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from junheng.apps.operation.backup.contents import BackupFault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "junheng-keys.env"
INDEX = "index"


def marks(field_keys: Mapping[str, bytes], index_key: bytes) -> dict[str, str]:
    """Return a mark for each key. Keys have 256 random bits, so that no mark gives one away."""
    named = {f"field:{key_id}": key for key_id, key in field_keys.items()} | {INDEX: index_key}
    return {
        name: hashlib.blake2b(key, digest_size=8, person=b"junheng mark").hexdigest()
        for name, key in named.items()
    }


def require_present(needed: Mapping[str, str], present: Mapping[str, str]) -> None:
    """Raise BackupFault naming the first key of a backup that this site does not have."""
    for name, mark in needed.items():
        if present.get(name) == mark:
            continue
        if name == INDEX:
            raise BackupFault(say("JUNHENG_INDEX_KEY is not the key this backup was made with."))
        key_id = name.removeprefix("field:")
        raise BackupFault(
            say("JUNHENG_FIELD_KEYS lacks the key {key} this backup was made with.", key=key_id)
        )


def write(
    folder: Path,
    *,
    backup: Path,
    secret_key: str,
    field_keys: Mapping[str, bytes],
    index_key: bytes,
) -> Path:
    """Write the keys as variables into a folder that is not beside or around the data."""
    require_apart(folder, backup=backup)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE_NAME
    if path.exists():
        raise BackupFault(say("{path} is there already; keys are not overwritten.", path=str(path)))
    path.touch(mode=0o600)
    rings = {
        "JUNHENG_FIELD_KEYS": ",".join(_written(*entry) for entry in field_keys.items()),
        "JUNHENG_INDEX_KEY": _written("i1", index_key),
        "JUNHENG_SECRET_KEY": secret_key,
    }
    lines = [f"{name}={value}\n" for name, value in rings.items()]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def require_apart(folder: Path, *, backup: Path) -> None:
    """Raise BackupFault when keys would lie in, around or beside the backup."""
    keys, data = folder.resolve(), backup.resolve()
    if keys.parent == data.parent or keys.is_relative_to(data) or data.is_relative_to(keys):
        raise BackupFault(
            say(
                "Keys must not lie beside the data: {folder}. Choose a medium of its own.",
                folder=str(folder),
            )
        )


def _written(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"

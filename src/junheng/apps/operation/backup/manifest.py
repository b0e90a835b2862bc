"""The manifest of a backup: what it holds, by name, number and hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from junheng.apps.operation.backup.contents import BackupFault, Contents
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What is written beside the data.

    `hashes` maps each file of the backup, as a path below its folder, to its SHA-256.
    `keys` maps the ids of keys to marks that tell the key and not its value.
    `made_at` is a moment in ISO form, `version` the program's.
    """

    version: str
    made_at: str
    store: str
    contents: Contents
    hashes: Mapping[str, str]
    keys: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder of the backup."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)
        path = folder / FILE_NAME
        path.touch(mode=0o600)
        path.write_text(text + "\n", encoding="utf-8")

    def require_files(self, folder: Path) -> None:
        """Raise BackupFault naming the first file that is missing, changed or was added."""
        found = files_below(folder) - {FILE_NAME}
        for name in sorted(found ^ self.hashes.keys()):
            if name in found:
                raise BackupFault(say("{file} is not in the manifest of the backup.", file=name))
            raise BackupFault(say("{file} is missing from the backup.", file=name))
        for name, expected in self.hashes.items():
            if sha256(folder / name) != expected:
                raise BackupFault(say("{file} was changed after the backup was made.", file=name))


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup; BackupFault when there is none or it makes no sense."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise BackupFault(say("{folder} holds no backup.", folder=str(folder)))
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        if written.pop("format") != FORMAT:
            raise BackupFault(say("{folder} was made by a newer version.", folder=str(folder)))
        contents = written.pop("contents")
        contents["migrations"] = tuple(contents["migrations"])
        return Manifest(contents=Contents(**contents), **written)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupFault(
            say("The manifest in {folder} cannot be read.", folder=str(folder))
        ) from error


def files_below(folder: Path) -> set[str]:
    """Return the paths of all files below a folder, relative to it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""Making a backup and proving that it can be restored."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from junheng import __version__
from junheng.apps.operation.backup import manifest as manifests
from junheng.apps.operation.backup.contents import BackupFault
from junheng.apps.operation.backup.manifest import Manifest
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from junheng.apps.operation.backup.place import Place

FILES = "files"


def backup_make(
    target: Path, *, place: Place, keys: Mapping[str, str], now: datetime, has_trial: bool = True
) -> Manifest:
    """Write a backup to a folder that is not there yet, and restore it for trial.

    The database comes first: a file is written before the row that names it, so that every file
    named in the copy is there to be copied after it. BackupFault when anything is not as it was;
    then nothing is left at `target`.
    """
    if target.exists():
        raise BackupFault(say("{folder} is there already. Name a new folder.", folder=str(target)))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    partial.mkdir(mode=0o700)
    try:
        contents = place.store.copy_to(partial / place.store.copy_name)
        (partial / place.store.copy_name).chmod(0o600)
        copy_files(place.files, partial / FILES)
        hashes = {name: manifests.sha256(partial / name) for name in manifests.files_below(partial)}
        made = Manifest(
            version=__version__,
            made_at=now.isoformat(timespec="seconds"),
            store=place.store.kind,
            contents=contents,
            hashes=dict(sorted(hashes.items())),
            keys=dict(keys),
        )
        made.write(partial)
        backup_verify(partial, place=place, has_trial=has_trial)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return made


def backup_verify(folder: Path, *, place: Place, has_trial: bool = True) -> Manifest:
    """Read every byte against the manifest and restore the database for trial; return the manifest.

    The trial needs a store of the same kind; PostgreSQL's takes place on the site's own server.
    """
    manifest = manifests.read(folder)
    manifest.require_files(folder)
    require_kind(manifest, place)
    if has_trial:
        restored = place.store.contents_of(folder / place.store.copy_name)
        manifest.contents.require_equal(restored)
    return manifest


def require_kind(manifest: Manifest, place: Place) -> None:
    """Raise BackupFault when a backup is of another kind of store than the site's."""
    if manifest.store != place.store.kind:
        raise BackupFault(
            say(
                "The backup is of {found}, this site uses {expected}.",
                found=manifest.store,
                expected=place.store.kind,
            )
        )


def copy_files(source: Path, target: Path) -> None:
    """Copy a tree of files; what vanishes meanwhile was removed by the site and is left out."""
    target.mkdir(mode=0o700)
    for path in _files_of(source):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copied)
        except FileNotFoundError:
            continue
        copied.chmod(0o600)
    for folder in target.rglob("*/"):
        folder.chmod(0o700)


def _files_of(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (Path(path) for path in folder.rglob("*") if path.is_file())

"""Putting a backup back: refused over data, all or nothing."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db.migrations.loader import MigrationLoader

from junheng.apps.operation.backup import keys as key_marks
from junheng.apps.operation.backup.contents import BackupFault
from junheng.apps.operation.backup.making import FILES, backup_verify, copy_files
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from junheng.apps.operation.backup.manifest import Manifest
    from junheng.apps.operation.backup.place import Place


def restore(
    folder: Path, *, place: Place, keys: Mapping[str, str], replaces: bool = False
) -> Manifest:
    """Put database and files of a backup into a place and return the backup's manifest.

    Everything is checked and the files are prepared before anything is touched. BackupFault when
    the backup is damaged, of another kind, of a newer version, made with keys this site lacks, or
    when the place is not empty and `replaces` does not say to overwrite it.
    """
    if not replaces:
        require_empty(place)
    # The database is counted where it is restored to; a trial before would do the same twice.
    manifest = backup_verify(folder, place=place, has_trial=False)
    require_known(manifest)
    key_marks.require_present(manifest.keys, keys)
    with _files_replaced(folder / FILES, place.files):
        place.store.replace_with(folder / place.store.copy_name, manifest.contents)
    return manifest


def require_empty(place: Place) -> None:
    """Raise BackupFault when there are tables or files where a backup is to be restored."""
    if place.store.is_empty() and not (place.files.is_dir() and any(place.files.iterdir())):
        return
    raise BackupFault(
        say("There are data here already. With --replace they are lost and the backup put there.")
    )


def require_known(manifest: Manifest) -> None:
    """Raise BackupFault when the backup holds tables of a version newer than this program."""
    loader = MigrationLoader(None)
    # Replaced migrations stay written in the database for ever.
    known = {".".join(key) for key in loader.disk_migrations or ()}
    known |= {".".join(key) for m in (loader.disk_migrations or {}).values() for key in m.replaces}
    unknown = sorted(set(manifest.contents.migrations) - known)
    if unknown:
        raise BackupFault(
            say(
                "The backup was made by version {version}, which is newer: {migration} is unknown.",
                version=manifest.version,
                migration=unknown[0],
            )
        )


@contextmanager
def _files_replaced(source: Path, target: Path) -> Iterator[None]:
    """Exchange the files while the block exchanges the database; take it back when that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mark = uuid.uuid4().hex[:8]
    prepared = target.with_name(f".{target.name}.restoring-{mark}")
    former = target.with_name(f".{target.name}.former-{mark}")
    try:
        copy_files(source, prepared)
        if target.exists():
            target.rename(former)
        try:
            prepared.rename(target)
            yield
        except BaseException:
            # What lies at the target now is the copy alone.
            shutil.rmtree(target, ignore_errors=True)
            if former.exists():
                former.rename(target)
            raise
    finally:
        shutil.rmtree(prepared, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)

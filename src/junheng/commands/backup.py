"""`junheng backup`: copy database and files to a folder, proved by a trial restore; keys apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import site
from junheng.errors import DataError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    import argparse

    from junheng.apps.operation.backup.manifest import Manifest
    from junheng.i18n import Translate


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("folder", type=Path, metavar="DIR", help=_("folder of the backup"))
    parser.add_argument(
        "--verify", action="store_true", help=_("check a backup that is there; write nothing")
    )
    parser.add_argument(
        "--no-trial", action="store_true", help=_("check hashes alone, without a trial restore")
    )
    parser.add_argument(
        "--keys", type=Path, metavar="DIR", help=_("write the site's keys to this other folder")
    )
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Make a backup, or verify one."""
    with site.reading_everything("junheng backup"):
        from junheng.apps.operation import api

        place, has_trial = api.site_place(), not arguments.no_trial
        if arguments.verify:
            if arguments.keys:
                raise DataError(say("--verify writes nothing; leave out --keys."))
            manifest = api.backup_verify(arguments.folder, place=place, has_trial=has_trial)
        else:
            manifest = _make(arguments.folder, arguments.keys, has_trial=has_trial)
    if arguments.json:
        print(json.dumps(as_json(manifest), ensure_ascii=False))
        return 0
    print(_told(manifest, has_trial=has_trial).render(translate))
    return 0


def _make(folder: Path, keys_folder: Path | None, *, has_trial: bool) -> Manifest:
    from django.conf import settings

    from junheng.apps.foundation import clock
    from junheng.apps.operation import api

    if keys_folder:
        # Before the long work, not after it.
        api.keys_require_apart(keys_folder, backup=folder)
    manifest = api.backup_make(
        folder,
        place=api.site_place(),
        keys=api.key_marks(settings.FIELD_KEYS, settings.INDEX_KEY),
        now=clock.now(),
        has_trial=has_trial,
    )
    if keys_folder:
        api.keys_write(
            keys_folder,
            backup=folder,
            secret_key=settings.SECRET_KEY,
            field_keys=settings.FIELD_KEYS,
            index_key=settings.INDEX_KEY,
        )
    return manifest


def as_json(manifest: Manifest) -> dict[str, object]:
    """Return what a script wants to know of a backup."""
    return {
        "version": manifest.version,
        "made_at": manifest.made_at,
        "store": manifest.store,
        "rows": dict(manifest.contents.rows),
        "files": len(manifest.hashes) - 1,
    }


def _told(manifest: Manifest, *, has_trial: bool) -> Message:
    figures = {
        "moment": manifest.made_at,
        "rows": sum(manifest.contents.rows.values()),
        "tables": len(manifest.contents.rows),
        "files": len(manifest.hashes) - 1,
    }
    if has_trial:
        return say(
            "Backup of {moment}: {rows} rows in {tables} tables, {files} files; restored for "
            "trial, all equal.",
            **figures,
        )
    return say(
        "Backup of {moment}: {rows} rows in {tables} tables, {files} files; hashes are right, not "
        "restored for trial.",
        **figures,
    )

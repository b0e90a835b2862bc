"""`junheng restore`: put a backup in the place of what the site holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import site
from junheng.commands.backup import as_json
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse

    from junheng.i18n import Translate


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("folder", type=Path, metavar="DIR", help=_("folder of the backup"))
    parser.add_argument(
        "--replace", action="store_true", help=_("overwrite the data that are there")
    )
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Restore database and files; the site and its workers must be stopped."""
    with site.reading_everything("junheng restore"):
        from django.conf import settings

        from junheng.apps.operation import api

        manifest = api.restore(
            arguments.folder,
            place=api.site_place(),
            keys=api.key_marks(settings.FIELD_KEYS, settings.INDEX_KEY),
            replaces=arguments.replace,
        )
    if arguments.json:
        print(json.dumps(as_json(manifest), ensure_ascii=False))
        return 0
    done = say(
        "Restored the backup of {moment}: {rows} rows, {files} files. Run “junheng manage migrate” "
        "if this version is newer than {version}.",
        moment=manifest.made_at,
        rows=sum(manifest.contents.rows.values()),
        files=len(manifest.hashes) - 1,
        version=manifest.version,
    )
    print(done.render(translate))
    return 0

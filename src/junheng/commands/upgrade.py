"""`junheng upgrade`: bring the site to the version of a bundle, or leave it as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import site
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from junheng.apps.operation.upgrade.home import Home
    from junheng.apps.operation.upgrade.upgrading import Upgraded
    from junheng.i18n import Message, Translate


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "bundle", type=Path, nargs="?", metavar="BUNDLE", help=_("the bundle: archive or folder")
    )
    parser.add_argument(
        "--recover",
        action="store_true",
        help=_("bring an upgrade that was broken off to an end; do nothing when there was none"),
    )
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help=_("folder of the installed versions; none: that of this program"),
    )
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Upgrade, or recover; the site and its workers must be stopped."""
    if (arguments.bundle is None) != arguments.recover:
        raise DataError(say("Name a bundle, or give --recover alone."))
    with site.reading_everything("junheng upgrade"):
        done: Mapping[str, object]
        if arguments.recover:
            has_recovered = _recover(arguments.home)
            done, told = {"recovered": has_recovered}, _told_recovered(has_recovered)
        else:
            upgraded = _upgrade(arguments.bundle, arguments.home)
            done, told = as_json(upgraded), _told(upgraded)
    print(json.dumps(done) if arguments.json else told.render(translate))
    return 0


def _upgrade(bundle: Path, home: Path | None) -> Upgraded:
    from junheng.apps.foundation import clock
    from junheng.apps.operation.upgrade.this_site import require_stopped, this_site
    from junheng.apps.operation.upgrade.upgrading import upgrade

    now = clock.now()
    require_stopped(now=now)
    return upgrade(bundle, site=this_site(_home(home)), now=now)


def _recover(home: Path | None) -> bool:
    from junheng.apps.operation.upgrade.this_site import this_site
    from junheng.apps.operation.upgrade.upgrading import recover

    return recover(site=this_site(_home(home)))


def _home(given: Path | None) -> Home:
    from junheng.apps.operation.upgrade.home import Home, running_home

    return Home(given.resolve()) if given else running_home()


def as_json(upgraded: Upgraded) -> Mapping[str, object]:
    """Return what a script wants to know of an upgrade."""
    return {
        "before": upgraded.before,
        "after": upgraded.after,
        "environment": str(upgraded.environment),
        "backup": str(upgraded.backup),
    }


def _told(upgraded: Upgraded) -> Message:
    return say(
        "Upgraded from {before} to {after}. The state before is in {backup}; start the site again.",
        before=upgraded.before,
        after=upgraded.after,
        backup=str(upgraded.backup),
    )


def _told_recovered(has_recovered: bool) -> Message:
    if has_recovered:
        return say("An upgrade that was broken off has been brought to an end.")
    return say("No upgrade was broken off.")

"""The steps of an upgrade, and the way back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng import __version__
from junheng.apps.operation.backup.making import backup_make
from junheng.apps.operation.backup.restoring import restore
from junheng.apps.operation.upgrade import bundle as bundles
from junheng.apps.operation.upgrade import unfinished
from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.apps.operation.upgrade.program import Program
from junheng.apps.operation.upgrade.unfinished import Unfinished
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from junheng.apps.operation.backup.manifest import Manifest
    from junheng.apps.operation.backup.place import Place
    from junheng.apps.operation.upgrade.bundle import Bundle
    from junheng.apps.operation.upgrade.home import Home

READY_WITHIN_S = 120.0
WAIT_FOR_ORPHANS_S = 60.0


@dataclass(frozen=True)
class Site:
    """What an upgrade works on.

    `home`: the versions; `place`, `keys`: the data, as for a backup; `notes`: the folder where it
    is written down that an upgrade is under way; `backups`: where its backup goes; `host`: the
    name the site answers to; `count` returns the rows of each table that is there now.
    """

    home: Home
    place: Place
    keys: Mapping[str, str]
    notes: Path
    backups: Path
    host: str
    count: Callable[[], Mapping[str, int]]


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade came to: versions before and after, the environment, the backup."""

    before: str
    after: str
    environment: Path
    backup: Path


def upgrade(path: Path, *, site: Site, now: datetime) -> Upgraded:
    """Bring a site to the version of a bundle; on any fault everything is as before it.

    UpgradeFault and BackupFault say what was found. The site and its workers must be stopped.
    """
    with unfinished.alone(site.notes, wait_s=0) as lock, bundles.opened(path) as bundle:
        if unfinished.read(site.notes):
            raise UpgradeFault(
                say("An upgrade was broken off. Run “junheng upgrade --recover” first.")
            )
        old = site.home.current
        _require_newer(bundle)
        new = site.home.install(bundle, now=now)
        backup = site.backups / f"before-{bundle.version}-{now:%Y%m%dT%H%M%S}"
        manifest = _backed_up(backup, site, new, now)
        Unfinished(old, new, backup).write(site.notes)
        try:
            _migrate_and_verify(Program(new, lock), bundle, manifest, site)
            site.home.switch(new)
        except BaseException:
            _roll_back(Unfinished(old, new, backup), site)
            raise
        unfinished.forget(site.notes)
        site.home.tidy(keep={old, new})
    return Upgraded(__version__, bundle.version, new, backup)


def recover(*, site: Site) -> bool:
    """Bring an upgrade that was broken off to an end; False when there was none.

    Before the exchange of the link the old state comes back whole; after it the new one stays.
    """
    if unfinished.read(site.notes) is None:
        return False
    with unfinished.alone(site.notes, wait_s=WAIT_FOR_ORPHANS_S):
        found = unfinished.read(site.notes)
        if found is None:
            return False
        if site.home.current == found.new:
            unfinished.forget(site.notes)
        else:
            _roll_back(found, site)
    return True


def _require_newer(bundle: Bundle) -> None:
    if bundles.order_of(bundle.version) < bundles.order_of(__version__):
        raise UpgradeFault(
            say(
                "The bundle holds {found}, which is older than {present}. Restore a backup made by "
                "that version instead.",
                found=bundle.version,
                present=__version__,
            )
        )


def _backed_up(folder: Path, site: Site, new: Path, now: datetime) -> Manifest:
    try:
        return backup_make(folder, place=site.place, keys=site.keys, now=now)
    except BaseException:
        site.home.remove(new)
        raise


def _migrate_and_verify(program: Program, bundle: Bundle, before: Manifest, site: Site) -> None:
    program.run("manage", "migrate", "--noinput")
    program.run("manage", "check", "--deploy")
    _require_rows(before.contents.rows, site.count(), bundle.may_lose_rows)
    if program.knows("verify-audit"):
        program.run("verify-audit", "--json")
    program.require_ready(host=site.host, within_s=READY_WITHIN_S)


def _require_rows(
    before: Mapping[str, int], after: Mapping[str, int], may_lose: frozenset[str]
) -> None:
    """Raise UpgradeFault naming the first table that lost rows it was not to lose."""
    for table, expected in sorted(before.items()):
        found = after.get(table, 0)
        if found < expected and table not in may_lose:
            raise UpgradeFault(
                say(
                    "Table {table} has {found} rows after the upgrade, {expected} before.",
                    table=table,
                    found=found,
                    expected=expected,
                )
            )


def _roll_back(found: Unfinished, site: Site) -> None:
    """Put link and data back, then forget the upgrade; may be broken off and done again."""
    if site.home.current != found.old:
        site.home.switch(found.old)
    restore(found.backup, place=site.place, keys=site.keys, replaces=True)
    # What an earlier try of this left beside the files.
    for kind in ("restoring", "former"):
        for left in site.place.files.parent.glob(f".{site.place.files.name}.{kind}-*"):
            shutil.rmtree(left, ignore_errors=True)
    unfinished.forget(site.notes)
    site.home.remove(found.new)

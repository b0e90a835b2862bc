"""The page of those who keep the site: what runs, what does not, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.accounts.api import n_people, sees_posts
from junheng.apps.foundation.shown import Link
from junheng.apps.it.backups import last_backup
from junheng.apps.jobs.selectors import queue_figures
from junheng.apps.operation.health import free_bytes, readiness
from junheng.apps.operation.heartbeats import workers_alive

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from junheng.apps.accounts.api import Reader
    from junheng.apps.it.backups import BackupShown

CHECKS = {
    "database": gettext_noop("Database"),
    "migrations": gettext_noop("State of the database"),
    "worker": gettext_noop("Background work"),
    "disk": gettext_noop("Free space"),
}
PAGES = (
    (gettext_noop("Sign-in records"), "audit:sign_ins"),
    (gettext_noop("Sessions and devices"), "sessions"),
    (gettext_noop("Settings"), "it:settings"),
)
GIB = 2**30


@dataclass(frozen=True)
class CheckShown:
    """One check of the site: its name, and met or not_met."""

    name: str
    status: str


class OverviewShown:
    """Everything the page shows, in a constant number of queries."""

    def __init__(self, reader: Reader, *, now: datetime, backups: Path) -> None:
        self.reader = reader
        self.now = now
        self.backups_dir = backups

    @cached_property
    def checks(self) -> list[CheckShown]:
        return [
            CheckShown(gettext(CHECKS[name]), "met" if is_ok else "not_met")
            for name, is_ok in readiness(now=self.now).items()
        ]

    @property
    def answer(self) -> str:
        """Whether all is well, in one sentence."""
        failing = [one.name for one in self.checks if one.status != "met"]
        if failing:
            return gettext("Not as it should be: {checks}.").format(checks="、".join(failing))
        if self.backup is None or self.is_backup_late:
            return gettext("The site runs; there is no backup of the last day.")
        return gettext("The site runs as it should.")

    @cached_property
    def jobs(self) -> list[Link]:
        """Jobs by state, with their numbers."""
        from junheng.apps.jobs.models import State

        figures = queue_figures(now=self.now)
        return [Link(str(State(key).label), n=n) for key, n in figures.by_state.items()]

    @property
    def n_workers(self) -> int:
        return workers_alive(now=self.now)

    @property
    def free_gib(self) -> float:
        return free_bytes() / GIB

    @property
    def n_people(self) -> int:
        return n_people()

    @cached_property
    def backup(self) -> BackupShown | None:
        return last_backup(self.backups_dir)

    @property
    def is_backup_late(self) -> bool:
        return self.backup is not None and self.backup.is_late(self.now)

    @property
    def links(self) -> list[Link]:
        """Further pages, those that this site has and this reader may open."""
        own = [Link(gettext("People and posts"), reverse("it:people"))]
        found = own if sees_posts(self.reader) else []
        for label, name in PAGES:
            try:
                found.append(Link(gettext(label), reverse(name)))
            except NoReverseMatch:
                continue
        return found

"""What the keeping of the site puts on the first page: what is not as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.foundation import clock
from junheng.apps.it.present.overview import OverviewShown
from junheng.apps.it.views.overview import KEEPERS
from junheng.apps.workspace.api import NOTHING, Share, Tile, Todo

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader


def desk(reader: Reader, today: date) -> Share:
    """Return what fails, and how much runs, for those who keep the site."""
    if not reader.roles & KEEPERS:
        return NOTHING
    shown = OverviewShown(reader, now=clock.now(), backups=settings.BACKUPS_DIR)
    url, act = reverse("it:overview"), gettext("Look at it")
    todos = [
        Todo(gettext("Not as it should be: {checks}.").format(checks=one.name), url, act)
        for one in shown.checks
        if one.status != "met"
    ]
    if shown.backup is None or shown.is_backup_late:
        todos.append(Todo(gettext("There is no backup of the last day"), url, act))
    return Share(
        todos,
        [
            Tile(gettext("Accounts"), str(shown.n_people)),
            Tile(gettext("Workers"), str(shown.n_workers), url=url),
        ],
    )

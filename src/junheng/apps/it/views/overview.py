"""How the site runs: jobs, workers, backups, accounts; and with which settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import Role, reader_of
from junheng.apps.foundation import clock
from junheng.apps.it.present.overview import OverviewShown
from junheng.apps.it.present.settings import settings_shown
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KEEPERS = frozenset({Role.IT_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show whether the site runs as it should, and lead to what keeps it so."""
    reader = reader_of(request)
    _require_keeper(reader.roles)
    shown = OverviewShown(reader, now=clock.now(), backups=settings.BACKUPS_DIR)
    return render(request, "it/overview.html", {"shown": shown})


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show which settings were given and which stand at their default; never a secret."""
    _require_keeper(reader_of(request).roles)
    return render(request, "it/settings.html", {"rows": settings_shown()})


def _require_keeper(roles: frozenset[str]) -> None:
    if not roles & KEEPERS:
        raise NotAllowed(say("Your posts of today do not keep the site."))

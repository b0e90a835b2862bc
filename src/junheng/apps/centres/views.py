"""The centre of each level, and the page for the wall of the bureau's hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.centres.levels import centre_visible_to
from junheng.apps.centres.present import CentreShown, WallShown
from junheng.apps.centres.selectors import wall_visible_to
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
def wall(request: HttpRequest) -> HttpResponse:
    """Show the district on one dark page that fetches itself anew."""
    shown = WallShown(wall_visible_to(reader_of(request), clock.today()))
    context = {"shown": shown, "now": timezone.localtime(clock.now())}
    return render(request, "centres/wall.html", context)


@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """Show the figures of the reader's level and what they consist of."""
    asked = request.GET.get("year", "")
    shown = CentreShown(centre_visible_to(reader_of(request), clock.today(), asked=asked))
    return render(request, "centres/centre.html", {"shown": shown})

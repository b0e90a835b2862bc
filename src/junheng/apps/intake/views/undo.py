"""Taking an import back: ask, say what stands in the way, do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import policies
from junheng.apps.intake import selectors
from junheng.apps.intake.models import State
from junheng.apps.intake.policies import APPLY
from junheng.apps.intake.present.import_page import ImportShown
from junheng.apps.intake.present.obstacles import obstacles_shown
from junheng.apps.intake.present.outcome import OutcomeShown
from junheng.apps.intake.sending import undo_later

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Ask whether an import shall be undone; when asked to, put that into the queue."""
    reader = reader_of(request)
    source = selectors.import_visible_to(reader, import_id)
    policies.require(reader, APPLY, source)
    if source.state != State.APPLIED:
        return redirect("intake:show", import_id)
    found = selectors.obstacles_of(source)
    if request.method == "POST" and not found:
        undo_later(reader, source)
        return redirect("intake:show", import_id)
    shown = ImportShown(source)
    context = {
        "shown": shown,
        "outcome": OutcomeShown(source),
        "obstacles": obstacles_shown(reader, found),
        "scope": {"label": shown.place},
        "crumbs": [
            {"label": gettext("Collect"), "url": reverse("intake:home")},
            {"label": source.file_name, "url": reverse("intake:show", args=[import_id])},
        ],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "intake/undo.html", context, status=status)

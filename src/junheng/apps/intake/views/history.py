"""Who changed a row, when and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import masking
from junheng.apps.intake.places import places_of
from junheng.apps.intake.present.row_history import RowHistoryShown
from junheng.apps.intake.row_histories import row_changes
from junheng.apps.intake.years import asked_year
from junheng.apps.privacy.api import PurposeForm
from junheng.engine import contracts
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.places import Where


@require_safe
def row(request: HttpRequest, dataset: str) -> HttpResponse:
    """Show every change of one row, newest first."""
    reader = reader_of(request)
    where = place_asked(request, reader, dataset)
    key = tuple(text[:80] for text in request.GET.getlist("key"))
    contract = contracts.contract(dataset)
    changes = row_changes(where, contract, key, asked_year(request))
    context = {
        "purpose": PurposeForm() if any(map(masking.is_masked, contract.fields)) else None,
        "unmask_url": f"{reverse('intake:unmask', args=[dataset])}?{request.GET.urlencode()}",
        "shown": RowHistoryShown(reader, contract, key, changes, hides_names=where.school is None),
        "scope": {"label": where.name},
        "crumbs": [{"label": gettext("Collect"), "url": reverse("intake:home")}],
    }
    return render(request, "intake/row.html", context)


def place_asked(request: HttpRequest, reader: Reader, dataset: str) -> Where:
    """Return the place asked for; NotFound for one at which the dataset is not the reader's."""
    wanted = request.GET.get("at", "")
    for where in places_of(reader):
        if wanted in ("", where.key) and dataset in {c.id for c in where.datasets}:
            return where
    raise NotFound(say("There is no such row, or it is not yours to see."))

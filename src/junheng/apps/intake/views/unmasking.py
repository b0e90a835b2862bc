"""One row in full: for a purpose, within the daily limit, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from junheng.apps.accounts.api import reader_of, require_fresh_factor
from junheng.apps.foundation import clock, masking
from junheng.apps.intake.present import words
from junheng.apps.intake.row_histories import row_stored
from junheng.apps.intake.views.history import place_asked
from junheng.apps.intake.years import asked_year
from junheng.apps.privacy.api import Asked, language, unmask
from junheng.apps.registry.api import target
from junheng.engine import contracts
from junheng.engine.contracts.template import shown

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def row(request: HttpRequest, dataset: str) -> HttpResponse:
    """Show the masked values of a stored row in full; nothing of it is kept by the browser."""
    reader = reader_of(request)
    where = place_asked(request, reader, dataset)
    key = tuple(text[:80] for text in request.GET.getlist("key"))
    contract = contracts.contract(dataset)
    place = where.place(asked_year(request))
    stored = row_stored(where, contract, key, place.school_year)
    require_fresh_factor(request)
    asked = Asked(where.bureau.pk, where.school.pk if where.school else None, dataset)
    unmask(
        reader,
        asked,
        keys=[target(dataset).key_text(place, key)],
        purpose=request.POST.get("purpose", ""),
        now=clock.now(),
    )
    values = [
        {"term": words.of(field.header), "text": shown(field, value, language())}
        for field in contract.fields
        if masking.is_masked(field, hides_names=True) and (value := stored[field.id])
    ]
    context = {
        "values": values,
        "title": gettext("In full: %(dataset)s") % {"dataset": words.of(contract.name)},
        "scope": {"label": where.name},
        "crumbs": [{"label": gettext("Collect"), "url": reverse("intake:home")}],
        "back": f"{reverse('intake:row', args=[dataset])}?{request.GET.urlencode()}",
    }
    response = render(request, "intake/unmasked.html", context)
    response["Cache-Control"] = "no-store"
    return response

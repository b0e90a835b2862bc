"""Working pages: how one figure came about, and redoing it before the reader's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import selectors
from junheng.apps.balance.present import frame, words
from junheng.apps.balance.present import working as present
from junheng.apps.foundation import clock
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.balance.models import Assessment


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, assessment_id: int, unit_key: int, indicator: str) -> HttpResponse:
    """Show the working of one figure of a unit; POST redoes it and says whether it is the same."""
    reader = reader_of(request)
    unit = selectors.unit_visible_to(reader, assessment_id, unit_key)
    crumbs = [{"label": words.unit_name(unit), "url": words.school_url(unit)}]
    if unit.assessment.bureau_id in reader.scope.bureaus:
        crumbs.insert(0, _district(unit.assessment))
    shown = present.of_cell(unit, indicator)
    return _page(request, unit.assessment, shown, crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
def coefficient(
    request: HttpRequest, assessment_id: int, stage: str, indicator: str
) -> HttpResponse:
    """Show the working of a coefficient with every unit behind it; POST redoes it."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    rows = selectors.dispersions_of([assessment])[assessment.pk]
    row = next((r for r in rows if (r.stage, r.indicator) == (stage, indicator)), None)
    if row is None:
        raise NotFound(say("There is no such coefficient here."))
    shown = present.of_dispersion(row, assessment, selectors.units_visible_to(reader, assessment))
    return _page(request, assessment, shown, [_district(assessment)])


def _district(assessment: Assessment) -> dict[str, str]:
    return {"label": assessment.bureau.name, "url": words.district_url(assessment)}


def _page(
    request: HttpRequest,
    assessment: Assessment,
    shown: present.WorkingShown,
    crumbs: list[dict[str, str]],
) -> HttpResponse:
    context = {
        "shown": shown,
        "crumbs": crumbs,
        "redone_at": clock.now() if request.method == "POST" else None,
        "page_title": gettext("Working"),
        **frame.of_assessment(assessment, []),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "balance/_recomputed.html" if is_fragment else "balance/working.html"
    return render(request, template, context)

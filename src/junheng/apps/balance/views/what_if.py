"""Trying other figures on a unit: nothing is written, the address holds what is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import selectors
from junheng.apps.balance.forms import WhatIfForm
from junheng.apps.balance.present import frame, words
from junheng.apps.balance.present.what_if import WhatIfShown
from junheng.apps.balance.what_if import figures_of, imagine

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def what_if(request: HttpRequest, assessment_id: int, unit_key: int) -> HttpResponse:
    """Show a unit with the figures that the address names, measured anew, beside the assessed."""
    reader = reader_of(request)
    unit = selectors.unit_visible_to(reader, assessment_id, unit_key)
    form = WhatIfForm(request.GET, stored=figures_of(unit))
    imagined = imagine(reader, unit, form.figures) if form.is_valid() else None
    sees_district = unit.assessment.bureau_id in reader.scope.bureaus
    rows = selectors.dispersions_of([unit.assessment])[unit.assessment_id] if sees_district else []
    crumbs = [{"label": words.unit_name(unit), "url": words.school_url(unit)}]
    if sees_district:
        district = words.district_url(unit.assessment)
        crumbs.insert(0, {"label": unit.assessment.bureau.name, "url": district})
    is_fragment = request.headers.get("HX-Request") == "true"
    context = {
        "shown": WhatIfShown(unit, form, imagined, rows),
        "crumbs": crumbs,
        "is_fragment": is_fragment,
        **frame.of_assessment(unit.assessment, []),
    }
    template = "balance/_what_if.html" if is_fragment else "balance/what_if.html"
    return render(request, template, context)

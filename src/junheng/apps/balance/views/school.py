"""The school page, for the bureau and for the school itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import mappings, selectors
from junheng.apps.balance.models import State
from junheng.apps.balance.present import frame
from junheng.apps.balance.present.school import SchoolShown
from junheng.apps.registry.api import life_of, life_told
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.balance.models import Assessment


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Send the people of a school to its page in the assessment that counts now."""
    reader = reader_of(request)
    for school_id in sorted(reader.scope.schools):
        for unit in selectors.school_history_visible_to(reader, school_id):
            if _counts(unit.assessment):
                return redirect("balance:school", unit.assessment_id, school_id)
    return render(request, "balance/school_empty.html")


def _counts(assessment: Assessment) -> bool:
    """Whether an assessment is a result of the bureau: judged, and not withdrawn."""
    is_judged = not mappings.is_mapping(assessment.ruleset.ruleset_id)
    return is_judged and assessment.state == State.PUBLISHED


@require_safe
def school(request: HttpRequest, assessment_id: int, school_id: int) -> HttpResponse:
    """Show one school: what each stage has, what it lacks, what it takes, the years before."""
    reader = reader_of(request)
    every = selectors.school_history_visible_to(reader, school_id)
    here = [unit for unit in every if unit.assessment_id == assessment_id]
    if not here:
        raise NotFound(say("There is no such school here, or it is not yours to see."))
    stage = request.GET.get("stage", "")
    unit = next((one for one in here if one.stage == stage), here[0])
    published = [one for one in every if one.assessment.state == State.PUBLISHED]
    shown = SchoolShown(unit, here, published, selectors.quantiles_beside([unit]))
    sees_district = unit.assessment.bureau_id in reader.scope.bureaus
    crumbs = [{"label": unit.assessment.bureau.name, "url": shown.district_url}]
    context = {
        "shown": shown,
        "school_key": school_id,
        "life": life_told(life_of(reader, school_id)),
        "crumbs": crumbs if sees_district else [],
        "own_url": reverse("balance:own_school"),
        **frame.of_assessment(unit.assessment, []),
    }
    return render(request, "balance/school.html", context)

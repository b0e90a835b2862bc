"""Suspicious figures: deciding about them on an upload, and the page of all of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import findings_file, quality, selectors, services
from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.policies import APPLY, DECIDE
from junheng.apps.balance.present import frame
from junheng.apps.balance.present.findings import FindingFilter, FindingsShown
from junheng.apps.balance.template_file import MEDIA_TYPES
from junheng.apps.foundation import clock, policies
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest


@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """Go to the findings of the assessment that counts now; say what to do while there is none."""
    reader = reader_of(request)
    if not reader.scope.bureaus:
        raise NotAllowed(say("Suspicious figures are looked after by the bureau."))
    latest = selectors.latest_visible_to(reader)
    if latest is None:
        return render(request, "balance/quality_empty.html")
    return redirect("balance:findings", latest.pk)


@require_safe
def findings(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """List every suspicious figure of an assessment with what was decided."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    shown = FindingsShown(
        quality.findings_now(assessment),
        open_kept(assessment.ruleset),
        FindingFilter.chosen(request.GET.dict()),
    )
    context = {
        "shown": shown,
        "can_decide": policies.can(reader, DECIDE, assessment),
        "decide_url": reverse("balance:finding_accept", args=[assessment.pk]),
        **frame.of_assessment(assessment, selectors.years_of(reader, assessment)),
    }
    return render(request, "balance/quality.html", context)


@require_safe
def workbook(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Send the findings and decisions of an assessment as a workbook."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    content = findings_file.workbook(
        quality.findings_now(assessment), open_kept(assessment.ruleset)
    )
    name = f"{assessment.bureau.code}-{assessment.school_year}-findings.xlsx"
    response = HttpResponse(content, content_type=MEDIA_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def accept(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Accept a finding of a published assessment, or leave it open again."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    policies.require(reader, DECIDE, assessment)
    page = reverse("balance:findings", args=[assessment.pk])
    return _decided(request, partial(quality.finding_decide, about=assessment), page)


@require_POST
def decide(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Decide about a finding of a checked table; the table is measured again at once."""
    reader = reader_of(request)
    upload = selectors.upload_visible_to(reader, upload_id)
    policies.require(reader, APPLY, upload)
    page = reverse("balance:upload_show", args=[upload.pk])
    return _decided(request, partial(services.upload_decide, upload=upload), page)


def _decided(request: HttpRequest, decide: Callable[..., object], page: str) -> HttpResponse:
    """Decide about one finding as the form says, and go back to it on its page."""
    asked = {name: request.POST.get(name, "") for name in ("key", "kind", "value", "reason")}
    try:
        decide(**asked, by=reader_of(request).user_id, now=clock.now())
    except DataError as error:
        messages.error(request, error.render(gettext))
    return redirect(f"{page}#finding-{asked['key']}")

"""Pages of a bureau: the way to it, the district, the assessments there are, taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import exporting, publishing, quality, selectors
from junheng.apps.balance.findings import n_open
from junheng.apps.balance.forms import FilterForm, WithdrawForm
from junheng.apps.balance.live import live_day
from junheng.apps.balance.policies import WITHDRAW, upload_bureaus
from junheng.apps.balance.present import frame, history
from junheng.apps.balance.present.district import DistrictShown
from junheng.apps.balance.template_file import MEDIA_TYPES
from junheng.apps.foundation import clock, policies
from junheng.apps.foundation.shown import language
from junheng.apps.it.api import first_page

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Send the reader to what they come for: the district, the own school, their own pages."""
    reader = reader_of(request)
    if reader.scope.bureaus:
        latest = selectors.latest_visible_to(reader)
        if latest is not None:
            return redirect("balance:district", latest.pk)
        can_upload = bool(upload_bureaus(reader))
        return render(request, "balance/welcome.html", {"can_upload": can_upload})
    if reader.scope.schools:
        return redirect("balance:own_school")
    return redirect(first_page(reader))


@require_safe
def district(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Show whether the district meets the standard, what stands in the way, and how it came."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    years = selectors.years_of(reader, assessment)
    shown = DistrictShown(
        assessment,
        selectors.units_visible_to(reader, assessment),
        years,
        selectors.dispersions_of({one.pk: one for one in [*years, assessment]}.values()),
        FilterForm.chosen(request.GET),
    )
    context = {
        "shown": shown,
        "n_open_findings": n_open(quality.findings_now(assessment)),
        "can_withdraw": policies.can(reader, WITHDRAW, assessment),
        **frame.of_assessment(assessment, years),
    }
    if live_day(assessment.bureau_id, clock.today()) is not None:
        context["period"] = frame.with_live(context["period"], assessment)
    return render(request, "balance/district.html", context)


@require_safe
def workbook(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Send an assessment as a workbook, measured anew from what is stored."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    content = exporting.workbook(
        assessment,
        selectors.units_visible_to(reader, assessment),
        language=language(),
        translate=gettext,
    )
    name = f"{assessment.bureau.code}-{assessment.school_year}.xlsx"
    response = HttpResponse(content, content_type=MEDIA_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    """List every assessment there is, with what counts for each school year."""
    reader = reader_of(request)
    rows = history.rows(selectors.assessments_visible_to(reader))
    context = {"rows": rows, "can_upload": bool(upload_bureaus(reader))}
    return render(request, "balance/assessments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Ask for a reason and take an assessment back."""
    reader = reader_of(request)
    assessment = selectors.assessment_visible_to(reader, assessment_id)
    policies.require(reader, WITHDRAW, assessment)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        publishing.assessment_withdraw(
            assessment=assessment,
            by=reader.user_id,
            why=form.cleaned_data["why"],
            now=clock.now(),
        )
        messages.success(request, gettext("The assessment is withdrawn and stays readable."))
        return redirect("balance:assessments")
    context = {"form": form, "assessment": assessment, **frame.of_assessment(assessment, [])}
    return render(request, "balance/withdraw.html", context)

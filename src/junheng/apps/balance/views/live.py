"""The live page: what the registry comes to at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import quality, selectors
from junheng.apps.balance.live import live_district, live_visible_to
from junheng.apps.balance.live_quality import live_findings_visible_to
from junheng.apps.balance.policies import may_upload, upload_bureaus
from junheng.apps.balance.present.findings import FindingFilter, FindingsShown
from junheng.apps.balance.present.live import LiveShown, period_of
from junheng.apps.foundation import clock
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.balance.live_quality import LiveFindings


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Show figures of this moment beside the published ones, or why there are none."""
    reader = reader_of(request)
    try:
        found = live_visible_to(reader, clock.today())
    except DataError as error:
        return _not_measured(request, error)
    years = selectors.years_of(reader, found.published) if found.published else []
    context = {
        "shown": LiveShown(found),
        "live": found,
        "can_assess": bool(upload_bureaus(reader)),
        "scope": {"label": found.bureau.name},
        "period": period_of(found, list(reversed(years))),
    }
    return render(request, "balance/live.html", context)


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """List the suspicious figures of the registry as it is now, with what was decided."""
    reader = reader_of(request)
    try:
        found = live_findings_visible_to(reader, clock.today())
    except DataError as error:
        return _not_measured(request, error)
    context = {
        "shown": _shown(request, found),
        "day": found.day,
        "can_decide": may_upload(reader, found.bureau.pk),
        "decide_url": reverse("balance:live_decide"),
        "scope": {"label": found.bureau.name},
        "crumbs": [{"label": gettext("Live figures"), "url": reverse("balance:live")}],
    }
    return render(request, "balance/live_findings.html", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Accept a finding of the registry with a reason, or leave it open again."""
    reader, today = reader_of(request), clock.today()
    if not may_upload(reader, live_district(reader, today).bureau.pk):
        raise NotAllowed(say("Your posts of today do not give this right."))
    found = live_findings_visible_to(reader, today)
    asked = {name: request.POST.get(name, "") for name in ("key", "kind", "reason")}
    try:
        quality.finding_decide(about=found, by=reader.user_id, now=clock.now(), **asked)
    except (DataError, NotFound) as error:
        # Rows may have changed since the page was opened, and the finding with them.
        messages.error(request, error.render(gettext))
    return redirect(f"{reverse('balance:live_findings')}#finding-{asked['key']}")


def _shown(request: HttpRequest, found: LiveFindings) -> FindingsShown:
    return FindingsShown(found.findings, found.rules, FindingFilter.chosen(request.GET.dict()))


def _not_measured(request: HttpRequest, error: DataError) -> HttpResponse:
    told = error.render(gettext).splitlines()
    return render(request, "balance/live_faults.html", {"faults": told}, status=422)

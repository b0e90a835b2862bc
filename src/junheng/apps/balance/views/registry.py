"""Assessing what the registry holds: choose the day, then see how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance.forms import RegistryForm
from junheng.apps.balance.policies import upload_bureaus
from junheng.apps.balance.tasks import assess_registry
from junheng.apps.foundation import clock
from junheng.apps.foundation.shown import language
from junheng.apps.jobs.api import enqueue, job_visible_to
from junheng.apps.jobs.views import shown as job_shown
from junheng.apps.registry.api import bureaus_visible_to
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask for year, day and rule set, and put the assessing into the queue."""
    reader = reader_of(request)
    bureaus = bureaus_visible_to(reader).filter(pk__in=upload_bureaus(reader))
    if not bureaus:
        raise NotAllowed(say("The registry is assessed by the supervision office of the bureau."))
    form = RegistryForm(
        request.POST or None, bureaus=bureaus, day=clock.today(), language=language()
    )
    if form.is_valid():
        return redirect("balance:registry_job", _enqueue(reader, form))
    status = 422 if form.is_bound else 200
    return render(request, "balance/from_registry.html", {"form": form}, status=status)


def _enqueue(reader: Reader, form: RegistryForm) -> UUID:
    """Return the id of the job; the same form sent twice is one job."""
    chosen = form.cleaned_data
    job = enqueue(
        assess_registry,
        by=reader.user_id,
        key=f"balance.registry:{reader.user_id}:{chosen['token']}",
        bureau_id=chosen["bureau"],
        first_year=chosen["school_year"],
        day=chosen["statistics_date"].isoformat(),
        ruleset_ref=chosen["ruleset"],
        user_id=reader.user_id,
    )
    return job.pk


@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far the assessing is; when it is done, go to the result."""
    found = job_shown(job_visible_to(reader_of(request), job_id))
    if found.result_url:
        return redirect(found.result_url)
    return render(request, "balance/registry_job.html", {"job": found})

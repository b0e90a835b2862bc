"""The recount page: whether the summaries behind live figures are what the rows say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance.policies import recount_bureaus
from junheng.apps.balance.present.nightly import NightShown
from junheng.apps.balance.tasks import recount_summaries
from junheng.apps.jobs.api import enqueue, jobs_visible_to
from junheng.apps.jobs.views import shown as job_shown
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def recount(request: HttpRequest) -> HttpResponse:
    """Show what the reader's last recount found; POST counts anew unless a count is under way."""
    reader = reader_of(request)
    bureaus = recount_bureaus(reader)
    if not bureaus:
        raise NotAllowed(say("Summaries are recounted by the bureau's IT section."))
    mine = jobs_visible_to(reader).filter(task_path=recount_summaries.module_path)
    last = mine.order_by("-enqueued_at").first()
    if request.method == "POST":
        if last is None or last.has_ended:
            by = reader.user_id
            enqueue(recount_summaries, by=by, bureau_ids=bureaus, user_id=by)
        return redirect("balance:recount")
    result = last.result if last and isinstance(last.result, dict) else {}
    context = {
        "job": last and job_shown(last),
        "ended_at": last and last.ended_at,
        "differences": result.get("differences"),
        "night": NightShown(bureaus),
    }
    return render(request, "balance/recount.html", context)

"""The board and the job that computes items from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import clock
from junheng.apps.jobs.api import enqueue, job_visible_to
from junheng.apps.jobs.views import shown as job_shown
from junheng.apps.selfassessment.course_selectors import is_locked
from junheng.apps.selfassessment.locking import signed
from junheng.apps.selfassessment.policies import keeps
from junheng.apps.selfassessment.present.board import BoardShown
from junheng.apps.selfassessment.tasks import compute_items
from junheng.apps.selfassessment.views.frame import board_of, files_of, frame
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show every item of the standard that the reader sees."""
    reader = reader_of(request)
    found = board_of(request, reader)
    shown = BoardShown(
        found,
        today=clock.today(),
        user_id=reader.user_id,
        chosen=request.GET.get("show", "all"),
        files=files_of(reader, found),
    )
    context = {
        "shown": shown,
        "board": found,
        "can_plan": keeps(reader, found.bureau.pk),
        "is_locked": is_locked(found),
        **frame(found, request.path),
    }
    return render(request, "selfassessment/board.html", context)


@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Put the computing of the registry's items into the queue."""
    reader = reader_of(request)
    found = board_of(request, reader)
    if not keeps(reader, found.bureau.pk):
        raise NotAllowed(say("Items are computed by the supervision office of the bureau."))
    if is_locked(found):
        raise signed()
    first_year = found.school_year.starts_on.year
    job = enqueue(
        compute_items,
        by=reader.user_id,
        key=f"selfassessment.compute:{found.bureau.pk}:{first_year}:{clock.now():%Y%m%d%H%M}",
        bureau_id=found.bureau.pk,
        first_year=first_year,
        user_id=reader.user_id,
    )
    return redirect("selfassessment:computing", job.pk)


@require_safe
def computing(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far the computing is; when it is done, go to the board."""
    found = job_shown(job_visible_to(reader_of(request), job_id))
    if found.result_url:
        return redirect(found.result_url)
    return render(request, "selfassessment/computing.html", {"job": found})

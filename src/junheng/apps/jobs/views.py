"""The fragment that shows how far a job is, and the button that cancels it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import clock, policies
from junheng.apps.jobs import services
from junheng.apps.jobs.messages import from_json
from junheng.apps.jobs.policies import CANCEL
from junheng.apps.jobs.selectors import job_visible_to

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.jobs.models import Job


@dataclass(frozen=True)
class JobShown:
    """A job as its owner sees it. `percent` is 0 to 100; `result` is what the task returned."""

    id: str
    state: str
    state_label: str
    percent: int
    message: str
    has_ended: bool
    url: str
    cancel_url: str
    result: object


def shown(job: Job) -> JobShown:
    """Return a job as it is shown, in the language of the page."""
    return JobShown(
        id=str(job.pk),
        state=job.state,
        state_label=job.get_state_display(),
        percent=int(job.share_done * 100),
        message=from_json(job.message).render(gettext) if job.message else "",
        has_ended=job.has_ended,
        url=reverse("job", args=[job.pk]),
        cancel_url=reverse("job_cancel", args=[job.pk]),
        result=job.result,
    )


@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far a job is; the fragment asks again until the job has ended."""
    found = job_visible_to(reader_of(request), job_id)
    return render(request, "jobs/_progress.html", {"job": shown(found)})


@require_POST
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Cancel a job and show it."""
    reader = reader_of(request)
    found = job_visible_to(reader, job_id)
    policies.require(reader, CANCEL, found)
    services.job_cancel(found, now=clock.now())
    return redirect("job", job_id=job_id)

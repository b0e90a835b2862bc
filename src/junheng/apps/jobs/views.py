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
from junheng.apps.jobs.models import State
from junheng.apps.jobs.policies import CANCEL
from junheng.apps.jobs.selectors import job_visible_to

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.jobs.models import Job


@dataclass(frozen=True)
class JobShown:
    """A job as its owner sees it, in the form the progress component takes.

    `share` is 0 to 1, None while it waits. `is_running`: it has not ended yet. `result_url`: where
    the result is, when the task returned a mapping with a `url`.
    """

    state: str
    state_label: str
    share: float | None
    message: str
    is_running: bool
    poll_url: str
    cancel_url: str
    result_url: str
    left: str = ""


def shown(job: Job) -> JobShown:
    """Return a job as it is shown, in the language of the page."""
    label = job.get_state_display()
    return JobShown(
        state=job.state,
        state_label=label,
        share=None if job.state == State.QUEUED else job.share_done,
        message=from_json(job.message).render(gettext) if job.message else label,
        is_running=not job.has_ended,
        poll_url=reverse("job", args=[job.pk]),
        cancel_url=reverse("job_cancel", args=[job.pk]),
        result_url=job.result.get("url", "") if isinstance(job.result, dict) else "",
    )


@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far a job is; a polling page goes on to the result by itself."""
    found = shown(job_visible_to(reader_of(request), job_id))
    response = render(request, "jobs/_progress.html", {"job": found})
    if found.result_url:
        response.headers["HX-Redirect"] = found.result_url
    return response


@require_POST
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Cancel a job and show it."""
    reader = reader_of(request)
    found = job_visible_to(reader, job_id)
    policies.require(reader, CANCEL, found)
    services.job_cancel(found, now=clock.now())
    return redirect("job", job_id=job_id)

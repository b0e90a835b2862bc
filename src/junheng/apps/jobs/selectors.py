"""Reads of jobs, each for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.jobs.models import Job
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader


def jobs_visible_to(reader: Reader) -> QuerySet[Job]:
    """Return the reader's own jobs, newest first."""
    return policies.visible(reader, Job.objects.order_by("-enqueued_at"))


def job_visible_to(reader: Reader, job_id: UUID) -> Job:
    """Return one job; NotFound for one that is not there or not the reader's."""
    job = jobs_visible_to(reader).filter(pk=job_id).first()
    if job is None:
        raise NotFound(say("There is no such job, or it is not yours to see."))
    return job

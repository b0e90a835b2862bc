"""Reads of jobs, each for a reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min

from junheng.apps.foundation import policies
from junheng.apps.jobs.models import ENDED, Job, State
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet
    from django_tasks.base import Task

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


def is_under_way(job_id: UUID, task: Task[Any, Any]) -> bool:
    """Whether this job, whoever asked for it, is one of a task that has not ended."""
    jobs = Job.objects.filter(pk=job_id, task_path=task.module_path)
    return jobs.exclude(state__in=ENDED).exists()


def newest_of_site(task: Task[Any, Any]) -> Job | None:
    """Return the newest job of a task that the site did for itself and that is done."""
    done = Job.objects.filter(task_path=task.module_path, owner=None, state=State.DONE)
    return done.order_by("-ended_at").first()


@dataclass(frozen=True)
class QueueFigures:
    """The queue in figures that name nobody.

    `longest_wait_s` is how long the oldest job that is due has waited (0 when none is), `n_leased`
    how many run under a lease that still counts.
    """

    by_state: Mapping[str, int]
    longest_wait_s: float
    n_leased: int


def queue_figures(*, now: datetime) -> QueueFigures:
    """Return the state of the queue, for the watch over the site. Three queries."""
    counted = Job.objects.order_by().values_list("state").annotate(n=Count("pk"))
    due = Job.objects.filter(state=State.QUEUED, run_after__lte=now)
    oldest = due.aggregate(oldest=Min("run_after"))["oldest"]
    return QueueFigures(
        by_state=dict.fromkeys(State.values, 0) | dict(counted),
        longest_wait_s=(now - oldest).total_seconds() if oldest else 0.0,
        n_leased=Job.objects.filter(state=State.RUNNING, lease_until__gt=now).count(),
    )

"""What other apps may use: enqueue for a person, tell progress, do a step once, show a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.apps.jobs.running import JobCancelled, once, progress
from junheng.apps.jobs.selectors import (
    is_under_way,
    job_visible_to,
    jobs_visible_to,
    newest_of_site,
    queue_figures,
)
from junheng.apps.jobs.services import job_enqueue
from junheng.apps.jobs.worker import run_worker

if TYPE_CHECKING:
    from django_tasks.base import Task

    from junheng.apps.jobs.models import Job

__all__ = [
    "JobCancelled",
    "enqueue",
    "is_under_way",
    "job_visible_to",
    "jobs_visible_to",
    "newest_of_site",
    "once",
    "progress",
    "queue_figures",
    "run_worker",
]


def enqueue(
    task: Task[Any, Any], *, by: int | None, key: str | None = None, **arguments: object
) -> Job:
    """Put a task into the queue for the user with id `by`, in the transaction of the caller.

    A job with the same `key` is returned instead of a second one. Show it with `job_visible_to`.
    """
    task.get_backend().validate_task(task)
    return job_enqueue(task, (), arguments, by=by, key=key)

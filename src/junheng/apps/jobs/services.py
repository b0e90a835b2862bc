"""Writes of jobs: enqueue, claim, renew, end, cancel, reclaim, clean up.

Every change of a running job names the lease token it holds, so that a worker which lost its lease
cannot touch the job any more.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from junheng.apps.foundation import clock
from junheng.apps.jobs.messages import to_json
from junheng.apps.jobs.models import ENDED, Job, State
from junheng.apps.jobs.running import Running
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from threading import Event

    from django.db.models import QuerySet
    from django_tasks.base import Task

    from junheng.i18n import Message


def job_enqueue(
    task: Task[Any, Any],
    args: Sequence[object],
    kwargs: Mapping[str, object],
    *,
    by: int | None = None,
    key: str | None = None,
) -> Job:
    """Put a job into the queue, in the transaction of the caller, and return it.

    `by` is the id of the user it belongs to. A job with the same `key` is returned instead of a
    second one, whatever its state.
    """
    moment = clock.now()
    job, _is_new = Job.objects.get_or_create(
        idempotency_key=key or uuid.uuid4().hex,
        defaults={
            "task_path": task.module_path,
            "queue": task.queue_name,
            "priority": task.priority,
            "arguments": json.dumps({"args": list(args), "kwargs": dict(kwargs)}),
            "owner_id": by,
            "enqueued_at": moment,
            "run_after": task.run_after or moment,
        },
    )
    return job


def job_claim(*, now: datetime, lease_s: float, stop: Event) -> tuple[Job, Running] | None:
    """Take the next job that waits or whose lease ran out; None when there is none."""
    if not _due(now).exists():
        return None
    job_park_exhausted(now=now)
    with transaction.atomic():
        # On SQLite the transaction is IMMEDIATE: whoever is in here is alone.
        due = _due(now).order_by("-priority", "run_after", "enqueued_at")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        job.state = State.RUNNING
        job.attempts += 1
        job.lease_token = uuid.uuid4()
        job.lease_until = now + timedelta(seconds=lease_s)
        job.started_at = job.started_at or now
        job.save(update_fields=["state", "attempts", "lease_token", "lease_until", "started_at"])
    return job, Running(job.pk, job.lease_token, stop)


def job_renew(running: Running, *, now: datetime, lease_s: float) -> bool:
    """Keep the lease for another `lease_s`; False when it is lost."""
    return running.held.update(lease_until=now + timedelta(seconds=lease_s)) == 1


def job_end(
    running: Running,
    *,
    state: State,
    now: datetime,
    result: object = None,
    message: Message | None = None,
    error: str = "",
) -> bool:
    """End the job this worker holds; False, and nothing is written, when the lease is lost."""
    changes: dict[str, object] = {"state": state, "ended_at": now, "result": result, "error": error}
    if state is State.DONE:
        changes["share_done"] = 1.0
    if message is not None:
        changes["message"] = to_json(message)
    return running.held.update(**changes, **_no_lease()) == 1


def job_give_back(running: Running, *, now: datetime, wait_s: float, counts: bool) -> bool:
    """Return the job this worker holds to the queue; `counts` says whether as a failed attempt."""
    attempts = F("attempts") if counts else F("attempts") - 1
    after = now + timedelta(seconds=wait_s)
    changes = {"state": State.QUEUED, "run_after": after, "attempts": attempts}
    return running.held.update(**changes, **_no_lease()) == 1


def job_cancel(job: Job, *, now: datetime) -> None:
    """Cancel a waiting job at once; ask a running one to stop at its next sign of progress."""
    waiting = Job.objects.filter(pk=job.pk, state=State.QUEUED)
    cancelled = {"state": State.CANCELLED, "ended_at": now, "message": to_json(say("Cancelled."))}
    if not waiting.update(**cancelled):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(is_cancel_asked=True)
    job.refresh_from_db()


def job_park_exhausted(*, now: datetime) -> int:
    """Set aside jobs whose workers died too often, cancel those asked to; return how many."""
    orphans = Job.objects.filter(state=State.RUNNING, lease_until__lt=now)
    n_cancelled = orphans.filter(is_cancel_asked=True).update(
        state=State.CANCELLED, ended_at=now, **_no_lease()
    )
    tired = orphans.filter(attempts__gte=settings.JOB_ATTEMPTS)
    why = to_json(say("Set aside: its worker died each time. Please tell your administrator."))
    n_parked = tired.update(state=State.PARKED, ended_at=now, message=why, **_no_lease())
    return n_cancelled + n_parked


def jobs_clean_up(*, now: datetime) -> int:
    """Remove jobs that ended longer ago than they are kept; return how many."""
    before = now - timedelta(days=settings.JOB_KEEP_DAYS)
    old = Job.objects.filter(state__in=ENDED, ended_at__lt=before)
    n_jobs = old.count()
    old.delete()
    return n_jobs


def _due(now: datetime) -> QuerySet[Job]:
    waiting = Q(state=State.QUEUED, run_after__lte=now)
    orphaned = Q(state=State.RUNNING, lease_until__lt=now)
    return Job.objects.filter(waiting | orphaned)


def _no_lease() -> dict[str, None]:
    return {"lease_token": None, "lease_until": None}

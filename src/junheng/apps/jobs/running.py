"""The job that runs in this context: its lease, its progress, its steps."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.jobs.messages import to_json
from junheng.apps.jobs.models import Job, JobEffect, State
from junheng.errors import JunhengError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from junheng.i18n import Message

PROGRESS_EVERY_S = 0.5


class JobCancelled(JunhengError):
    """Somebody asked to cancel the job that runs here."""


class LeaseLost(JunhengError):
    """Another worker holds the job that runs here: this one was silent for too long."""


class WorkerStopping(JunhengError):
    """The worker is asked to stop; its job goes back to the queue."""


@dataclass
class Running:
    """One job as held by this worker; `stop` is set when the worker is asked to stop."""

    job_id: UUID
    token: UUID
    stop: Event = field(default_factory=Event)
    shown_at: float = float("-inf")

    @property
    def held(self) -> QuerySet[Job]:
        """The row of the job as long as the lease is ours, else nothing."""
        return Job.objects.filter(pk=self.job_id, lease_token=self.token, state=State.RUNNING)


_running: ContextVar[Running | None] = ContextVar("junheng_job", default=None)


@contextmanager
def as_running(running: Running) -> Iterator[None]:
    """Make `running` the job of this context until the block ends."""
    token = _running.set(running)
    try:
        yield
    finally:
        _running.reset(token)


def progress(share: float, message: Message) -> None:
    """Show how far the job of this context is (0 to 1), and obey a cancel or stop.

    Written at most twice a second; free otherwise, so a loop may call it each turn. Outside a job
    it does nothing, so that a service works the same when called directly. Inside a transaction of
    the task it is seen once that commits.
    """
    running = _running.get()
    if running is None:
        return
    moment = time.monotonic()
    if share < 1 and moment - running.shown_at < PROGRESS_EVERY_S:
        return
    running.shown_at = moment
    _obey(running)
    running.held.update(share_done=min(max(share, 0.0), 1.0), message=to_json(message))


@contextmanager
def once(step: str) -> Iterator[bool]:
    """Carry out one step of the job at most once, however often its worker is killed.

        with once("store") as is_first:
            if is_first:
                ...write...

    What is written in the block commits together with the note that the step is done, or not at
    all. Outside a job every call is the first. LeaseLost when another worker holds the job.
    """
    running = _running.get()
    with transaction.atomic():
        if running is None:
            yield True
            return
        if not running.held.select_for_update().exists():
            raise LeaseLost(say("Another worker has taken over this job."))
        _effect, is_first = JobEffect.objects.get_or_create(job_id=running.job_id, step=step)
        yield is_first


def _obey(running: Running) -> None:
    if running.stop.is_set():
        raise WorkerStopping(say("The worker stops; the job goes on later."))
    asked = running.held.values_list("is_cancel_asked", flat=True).first()
    if asked is None:
        raise LeaseLost(say("Another worker has taken over this job."))
    if asked:
        raise JobCancelled(say("Cancelled."))

"""The worker: claims jobs one after the other and keeps their lease while they run."""

from __future__ import annotations

import json
import threading
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from django.utils.module_loading import import_string

from junheng.apps.foundation import clock
from junheng.apps.jobs import services
from junheng.apps.jobs.models import Job, State
from junheng.apps.jobs.running import (
    JobCancelled,
    LeaseLost,
    Running,
    WorkerStopping,
    as_running,
)
from junheng.errors import JunhengError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)
CLEAN_UP_EVERY_S = 3600.0
RETRY_AFTER_S = 5.0


def run_worker(
    stop_after: int | None = None,
    *,
    until_idle: bool = False,
    poll_s: float = 0.5,
    stop: threading.Event | None = None,
) -> int:
    """Run jobs until `stop` is set and return how many were run.

    `stop_after` ends the worker after so many jobs, `until_idle` as soon as nothing is due.
    """
    stop = stop or threading.Event()
    n_run, cleaned_at = 0, float("-inf")
    while not stop.is_set() and (stop_after is None or n_run < stop_after):
        if time.monotonic() - cleaned_at > CLEAN_UP_EVERY_S:
            services.jobs_clean_up(now=clock.now())
            cleaned_at = time.monotonic()
        if _run_next(stop):
            n_run += 1
        elif until_idle:
            break
        else:
            stop.wait(poll_s)
    return n_run


def _run_next(stop: threading.Event) -> bool:
    """Claim one job and run it; False when there was none, or the store could not be reached."""
    try:
        claimed = services.job_claim(now=clock.now(), lease_s=settings.JOB_LEASE_S, stop=stop)
    except OperationalError as error:
        # A database that restarts or fails over comes back; the worker outlives it.
        log.warning("store_unreachable", error=type(error).__name__)
        close_old_connections()
        return False
    if claimed is None:
        return False
    job, running = claimed
    with _lease_kept(running, settings.JOB_LEASE_S):
        _run(job, running)
    return True


def _run(job: Job, running: Running) -> None:
    """Call the task and write what came of it."""
    try:
        with as_running(running):
            result = _call(job)
    except JobCancelled as error:
        services.job_end(running, state=State.CANCELLED, now=clock.now(), message=error.message)
    except WorkerStopping:
        services.job_give_back(running, now=clock.now(), wait_s=0, counts=False)
    except LeaseLost:
        log.warning("lease_lost", job=str(job.pk))
    except OperationalError:
        _after_store_fault(job, running)
    except JunhengError as error:
        services.job_end(running, state=State.FAILED, now=clock.now(), message=error.message)
    except Exception:
        # A fault of ours: the person learns that it failed, the trace stays (encrypted) for repair.
        why = say("The job failed by an error of the system. Please tell your administrator.")
        services.job_end(
            running,
            state=State.FAILED,
            now=clock.now(),
            message=why,
            error=traceback.format_exc(),
        )
        log.error("job_failed", job=str(job.pk), task=job.task_path)
    else:
        services.job_end(running, state=State.DONE, now=clock.now(), result=result)


def _call(job: Job) -> Any:
    arguments = json.loads(job.arguments)
    task = import_string(job.task_path)
    result = task.call(*arguments["args"], **arguments["kwargs"])
    return json.loads(json.dumps(result))


def _after_store_fault(job: Job, running: Running) -> None:
    """Try again later after a fault of the database, unless that was the last attempt."""
    if job.attempts < settings.JOB_ATTEMPTS:
        services.job_give_back(running, now=clock.now(), wait_s=RETRY_AFTER_S, counts=True)
        return
    why = say("The database could not be reached. Please tell your administrator.")
    services.job_end(running, state=State.PARKED, now=clock.now(), message=why)


@contextmanager
def _lease_kept(running: Running, lease_s: float) -> Iterator[None]:
    """Renew the lease from a side thread while the block runs, three times in its length."""
    ended = threading.Event()
    keeper = threading.Thread(
        target=_keep_lease, args=(running, lease_s, ended), name="lease", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep_lease(running: Running, lease_s: float, ended: threading.Event) -> None:
    try:
        while not ended.wait(lease_s / 3):
            try:
                if not services.job_renew(running, now=clock.now(), lease_s=lease_s):
                    return
            except OperationalError as error:
                # A long write of the job itself holds SQLite's lock; nobody else can claim either.
                log.warning("lease_not_renewed", error=type(error).__name__)
    finally:
        connection.close()

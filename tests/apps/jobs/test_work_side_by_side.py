"""Several workers on one queue: each job once, and a long job stays with whoever runs it."""

from __future__ import annotations

from collections import Counter
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from tests.apps.jobs import work

from junheng.apps.jobs.api import run_worker
from junheng.apps.jobs.models import Job, State

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread() -> Thread:
    """Start a worker in a thread of its own, with a connection of its own."""

    def run() -> None:
        run_worker(until_idle=True)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_it_works() -> None:
    for n in range(20):
        work.add.enqueue(n, n)
    for thread in [in_thread() for _ in range(4)]:
        thread.join()
    assert Counter(work.effects()) == Counter(f"job {n}+{n}" for n in range(20))
    assert set(Job.objects.values_list("state", "attempts")) == {(State.DONE, 1)}


def test_a_job_longer_than_its_lease_is_not_taken_away(settings: Settings) -> None:
    settings.JOB_LEASE_S = 3.0
    work.effect_after_work.enqueue("job that takes its time", 6.0)
    busy, n_taken = in_thread(), 0
    while busy.is_alive():
        busy.join(0.1)
        n_taken += run_worker(until_idle=True) if Job.objects.get().state == State.RUNNING else 0
    job = Job.objects.get()
    assert (job.state, job.attempts, n_taken) == (State.DONE, 1, 0)

"""Real worker processes, killed in the middle of a job: none lost, none done twice, none stuck."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.models import Sum
from tests.apps.jobs import work
from tests.nursery import CHECKOUT, PATIENCE_S, Nursery, kill, nursery, wait_for

from junheng.apps.jobs.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db(transaction=True)
LEASE_S = 2

N_JOBS, N_HITS, N_WORKERS, WORK_S = 1000, 200, 4, 0.2


@pytest.fixture
def workers() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start worker processes on the store of this test; what still runs at the end is killed."""
    with ExitStack() as started:
        yield lambda: started.enter_context(worker_process())


@contextmanager
def worker_process() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "junheng.web.run", "worker"]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def environment() -> dict[str, str]:
    given = connection.settings_dict
    place = f"{given['HOST']}:{given['PORT']}"
    url = {
        "sqlite": f"sqlite:///{given['NAME']}",
        "postgresql": f"postgresql://{given['USER']}@{place}/{given['NAME']}",
    }[connection.vendor]
    return os.environ | {
        "JUNHENG_DATABASE_URL": url,
        "JUNHENG_JOB_LEASE_S": str(LEASE_S),
        # So many that a job which is hit by chance again and again is not set aside.
        "JUNHENG_JOB_ATTEMPTS": "50",
        "PYTHONPATH": str(CHECKOUT),
    }


def test_it_works(workers: Callable[[], subprocess.Popen[bytes]], tmp_path: Path) -> None:
    result = work.effect_then_block.enqueue("job that is killed", str(tmp_path))
    victim = workers()
    wait_for((tmp_path / "first").exists)
    assert Job.objects.get(pk=result.id).state == State.RUNNING
    victim.kill()
    rescuer = workers()
    wait_for(lambda: Job.objects.get(pk=result.id).has_ended)
    job = Job.objects.get(pk=result.id)
    assert (job.state, job.attempts, job.result) == (State.DONE, 2, "second attempt")
    assert work.effects() == ["job that is killed"]
    rescuer.send_signal(signal.SIGTERM)
    assert rescuer.wait(PATIENCE_S) == 0


@pytest.mark.soak
def test_two_hundred_kills_over_a_thousand_jobs(tmp_path: Path) -> None:
    names = [f"job {n}" for n in range(N_JOBS)]
    for name in names:
        work.effect_after_work.enqueue(name, WORK_S, str(tmp_path))
    with nursery("tests.apps.jobs.a_worker:live", environment()) as started:
        hit_many(started, tmp_path)
        wait_for(lambda: n_done() == N_JOBS)
    assert Counter(work.effects()) == Counter(names)
    # Each hit cost its job one attempt, and no job more than what it was given.
    assert own_jobs().aggregate(n=Sum("attempts"))["n"] >= N_JOBS + N_HITS


def hit_many(started: Nursery, folder: Path) -> None:
    """Kill workers in the middle of a job; a kill that fell between two jobs proves nothing."""
    alive, n_hit = [started.start() for _ in range(N_WORKERS)], 0
    while n_hit < N_HITS:
        # Kills are spread over the whole of the work: the last falls near its end.
        n_due = N_JOBS * n_hit // (N_HITS + 5)
        wait_for(partial(is_due, n_due, alive, folder))
        victim = kill_one(alive, folder)
        n_hit += (folder / str(victim)).exists()
        alive = [worker for worker in alive if worker != victim] + [started.start()]


def own_jobs() -> QuerySet[Job]:
    """The thousand jobs: workers put some of their own into the queue, the night's upkeep."""
    return Job.objects.filter(task_path=work.effect_after_work.module_path)


def n_done() -> int:
    return own_jobs().filter(state=State.DONE).count()


def is_due(n_jobs: int, alive: list[int], folder: Path) -> bool:
    return n_done() >= n_jobs and bool(at_work(alive, folder))


def kill_one(alive: list[int], folder: Path) -> int:
    """Kill one of the workers, within the time one job takes, and return it."""
    # No seed: where a kill falls depends on the machine's clock, which no seed repeats.
    chance = random.SystemRandom()
    Event().wait(chance.uniform(0, WORK_S))
    victim = chance.choice(at_work(alive, folder) or alive)
    kill(victim)
    return victim


def at_work(alive: list[int], folder: Path) -> list[int]:
    return [worker for worker in alive if (folder / str(worker)).exists()]

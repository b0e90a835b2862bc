"""Real worker processes, killed in the middle of a job: none lost, none done twice, none stuck."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from tests.apps.jobs import work

from junheng.apps.jobs.models import Job, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db(transaction=True)
CHECKOUT = Path(__file__).parents[3]
LEASE_S = 2


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


def wait_for(condition: Callable[[], object], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s"
        Event().wait(0.05)


def test_it_works(workers: Callable[[], subprocess.Popen[bytes]], tmp_path: Path) -> None:
    result = work.effect_then_block.enqueue("job that is killed", str(tmp_path))
    victim = workers()
    wait_for((tmp_path / "first").exists, within_s=30)
    assert Job.objects.get(pk=result.id).state == State.RUNNING
    victim.kill()
    rescuer = workers()
    wait_for(lambda: Job.objects.get(pk=result.id).has_ended, within_s=30)
    job = Job.objects.get(pk=result.id)
    assert (job.state, job.attempts, job.result) == (State.DONE, 2, "second attempt")
    assert work.effects() == ["job that is killed"]
    rescuer.send_signal(signal.SIGTERM)
    assert rescuer.wait(10) == 0


@pytest.mark.soak
def test_twenty_kills_over_a_hundred_jobs(
    workers: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    # No seed: where a kill falls depends on the machine's clock, which no seed repeats.
    chance = random.SystemRandom()
    names = [f"job {n}" for n in range(100)]
    alive, n_hit = [workers(), workers()], 0
    for first in range(0, 100, 5):
        for name in names[first : first + 5]:
            work.effect_after_work.enqueue(name, 0.5, str(tmp_path))
        wait_for(partial(at_work, alive, tmp_path), within_s=60)
        Event().wait(chance.uniform(0, 0.5))
        victim = chance.choice(at_work(alive, tmp_path) or alive)
        victim.kill()
        victim.wait()
        n_hit += (tmp_path / str(victim.pid)).exists()
        alive = [worker for worker in alive if worker is not victim] + [workers()]
    wait_for(lambda: not Job.objects.exclude(state=State.DONE).exists(), within_s=120)
    assert Counter(work.effects()) == Counter(names)
    # Kills that fell between two jobs prove nothing.
    assert n_hit >= 10
    assert Job.objects.filter(attempts__gt=1).exists()


def at_work(alive: list[subprocess.Popen[bytes]], folder: Path) -> list[subprocess.Popen[bytes]]:
    return [worker for worker in alive if (folder / str(worker.pid)).exists()]

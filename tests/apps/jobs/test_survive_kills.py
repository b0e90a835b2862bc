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

    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db(transaction=True)
CHECKOUT = Path(__file__).parents[3]
LEASE_S = 2

N_JOBS, N_KILLS, N_WORKERS, WORK_S = 1000, 200, 4, 0.2
NURSERY = """
import os, signal, sys, django
django.setup()
import junheng.apps.jobs.api, junheng.apps.operation.api, junheng.apps.audit.api
from junheng.web import run
# Who ends is buried at once; who is left at the end of input is told to go.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
started = []
for _ in sys.stdin:
    worker = os.fork()
    if not worker:
        os.close(0)
        os._exit(run.worker())
    started.append(worker)
    print(worker, flush=True)
for worker in started:
    try:
        os.kill(worker, signal.SIGTERM)
    except ProcessLookupError:
        pass
"""


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
def test_two_hundred_kills_over_a_thousand_jobs(nursery: Callable[[], int], tmp_path: Path) -> None:
    names = [f"job {n}" for n in range(N_JOBS)]
    for name in names:
        work.effect_after_work.enqueue(name, WORK_S, str(tmp_path))
    alive, n_hit = [nursery() for _ in range(N_WORKERS)], 0
    for n_killed in range(N_KILLS):
        # Kills are spread over the whole of the work: the last falls near its end.
        n_due = N_JOBS * n_killed // (N_KILLS + 5)
        wait_for(partial(is_due, n_due, alive, tmp_path), within_s=120)
        victim = kill_one(alive, tmp_path)
        n_hit += (tmp_path / str(victim)).exists()
        alive = [worker for worker in alive if worker != victim] + [nursery()]
    wait_for(lambda: n_done() == N_JOBS, within_s=120)
    assert Counter(work.effects()) == Counter(names)
    # Kills that fell between two jobs prove nothing.
    assert n_hit >= N_KILLS // 2
    assert own_jobs().filter(attempts__gt=1).count() >= n_hit // 2


@pytest.fixture
def nursery() -> Iterator[Callable[[], int]]:
    """Start worker processes from one that is set up; return their process ids.

    Two hundred interpreters that each import everything would take longer than the proof.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        cwd=CHECKOUT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started: list[int] = []

    def start() -> int:
        assert process.stdin
        assert process.stdout
        print(file=process.stdin, flush=True)
        started.append(int(process.stdout.readline()))
        return started[-1]

    try:
        yield start
    finally:
        process.communicate()
        wait_for(lambda: not any(map(is_there, started)), within_s=30)


def is_there(worker: int) -> bool:
    return Path(f"/proc/{worker}").exists()


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
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: not is_there(victim), within_s=30)
    return victim


def at_work(alive: list[int], folder: Path) -> list[int]:
    return [worker for worker in alive if (folder / str(worker)).exists()]

"""Tasks for the tests of jobs. Their effect is a line in the journal, which nobody takes back."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from django.db import OperationalError
from django_tasks import task

from junheng.apps.accounts.models import User
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.foundation.models import Change
from junheng.apps.jobs.api import once, progress
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator


def effect(name: str) -> None:
    """Leave one line in the journal, once for each job."""
    with once("effect") as is_first:
        if is_first:
            journal.record([Changed(User(pk=0), None, {})], by=None, why=name)


def effects() -> list[str]:
    """Return the names of all effects, in order."""
    return list(
        Change.objects.filter(why__startswith="job").order_by("pk").values_list("why", flat=True)
    )


@task
def add(a: int, b: int) -> int:
    effect(f"job {a}+{b}")
    return a + b


@task
def count(n_steps: int) -> dict[str, int]:
    for step in range(n_steps):
        progress(step / n_steps, say("step {step} of {n}", step=step, n=n_steps))
    progress(1, say("counted {n}", n=n_steps))
    return {"n": n_steps}


@task
def refuse() -> None:
    raise DataError(say("row {row} is wrong", row=7))


@task
def crash() -> None:
    message = "a secret in a trace"
    raise RuntimeError(message)


@task
def lose_the_store() -> None:
    raise OperationalError


@task
def effect_then_block(name: str, folder: str) -> str:
    """Leave the effect; the first attempt then says so and hangs until it is killed."""
    effect(name)
    first = Path(folder) / "first"
    if not first.exists():
        first.write_text(str(os.getpid()), encoding="ascii")
        Event().wait()
    return "second attempt"


@task
def effect_after_work(name: str, seconds: float, folder: str = "") -> None:
    """Work for a while, leave the effect in the middle, tell progress all along.

    While it works there is a file in `folder`, if one is given, with the number of the process.
    """
    with at_work(folder):
        for part in range(10):
            Event().wait(seconds / 10)
            progress(part / 10, say("part {part}", part=part))
            if part == 5:
                effect(name)


@contextmanager
def at_work(folder: str) -> Iterator[None]:
    if not folder:
        yield
        return
    sign = Path(folder) / str(os.getpid())
    sign.touch()
    try:
        yield
    finally:
        sign.unlink()

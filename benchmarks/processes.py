"""Whole processes, measured: wall time, processor time of all threads, peak memory."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Usage:
    """What one process took: seconds on the clock, seconds of processor, peak memory."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def apart(work: Callable[..., T], *arguments: object) -> T:
    """Do heavy work in a process of its own, and return its result.

    A started process counts its parent's memory into its own peak: the one that measures stays
    small.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def environment() -> dict[str, str]:
    """Return the environment of a measured process: one that may keep its compiled modules.

    Where that is forbidden every start compiles the program and each library anew, which an
    installed program never does.
    """
    return {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(arguments: Sequence[str | Path], *, output: Path = Path(os.devnull)) -> Usage:
    """Run `python arguments...` to its end, its output in a file; RuntimeError when it fails."""
    command = [sys.executable, *map(str, arguments)]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    written = [(os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o600)]
    started = time.perf_counter()
    child = os.posix_spawn(sys.executable, command, environment(), file_actions=written)
    _, status, used = os.wait4(child, 0)
    wall_s = time.perf_counter() - started
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Usage(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(usages: Sequence[Usage]) -> Usage:
    """Return the median of each figure."""
    return Usage(
        median(u.wall_s for u in usages),
        median(u.cpu_s for u in usages),
        median(u.peak_mib for u in usages),
    )


def in_turn(jobs: dict[str, Sequence[str | Path]], repeats: int) -> dict[str, Usage]:
    """Measure jobs by turns, so that a busy minute of the machine falls on all of them."""
    usages: dict[str, list[Usage]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, arguments in jobs.items():
            usages[name].append(measure(arguments))
    return {name: middle(found) for name, found in usages.items()}

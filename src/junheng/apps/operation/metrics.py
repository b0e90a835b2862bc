"""The figures of the site in the text form of Prometheus (exposition format 0.0.4)."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

from junheng import __version__
from junheng.apps.jobs.api import queue_figures
from junheng.apps.operation import requests
from junheng.apps.operation.health import free_bytes, readiness
from junheng.apps.operation.heartbeats import workers_alive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from junheng.apps.operation.requests import RequestFigures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def page(*, now: datetime) -> str:
    """Return all figures. What hangs on the database is left out while it does not answer."""
    checks = readiness(now=now)
    lines = [
        *_family(
            "junheng_info", "gauge", "Version of the program.", {f'version="{__version__}"': 1}
        ),
        *_family(
            "junheng_ready",
            "gauge",
            "1 for each check that passes.",
            {f'check="{name}"': int(is_ok) for name, is_ok in checks.items()},
        ),
        *_family("junheng_disk_free_bytes", "gauge", "Free space for files.", {"": free_bytes()}),
        *_requests(requests.figures),
    ]
    if checks["database"] and checks["migrations"]:
        lines += _work(now)
    return "\n".join(lines) + "\n"


def _work(now: datetime) -> Iterator[str]:
    queue = queue_figures(now=now)
    states = {f'state="{state}"': n_jobs for state, n_jobs in queue.by_state.items()}
    yield from _family("junheng_jobs", "gauge", "Jobs by state.", states)
    yield from _family(
        "junheng_job_wait_seconds",
        "gauge",
        "How long the oldest job that is due has waited.",
        {"": queue.longest_wait_s},
    )
    alive = {"": workers_alive(now=now)}
    yield from _family("junheng_workers", "gauge", "Workers with a sign of life.", alive)


def _requests(figures: RequestFigures) -> Iterator[str]:
    mine = _this_process()
    kinds = {
        f'{mine}method="{method}",status="{status}"': n
        for (method, status), n in sorted(figures.by_kind.items())
    }
    about = "Requests answered by this process."
    yield from _family("junheng_requests_total", "counter", about, kinds)
    name, n_all = "junheng_request_seconds", figures.by_kind.total()
    yield f"# HELP {name} Time to answer."
    yield f"# TYPE {name} histogram"
    for bound_s, n_below in zip(requests.BOUNDS_S, figures.n_below, strict=True):
        yield f'{name}_bucket{{{mine}le="{bound_s}"}} {n_below}'
    yield f'{name}_bucket{{{mine}le="+Inf"}} {n_all}'
    whole = f"{{{mine.rstrip(',')}}}" if mine else ""
    yield f"{name}_sum{whole} {figures.total_s}"
    yield f"{name}_count{whole} {n_all}"


def _this_process() -> str:
    """Return the label of this process of several, so that counters of two are never mixed up.

    Each reading is answered by one of them: what is summed over `process` is the site.
    """
    if multiprocessing.parent_process() is None:
        return ""
    return f'process="{multiprocessing.current_process().name}",'


def _family(name: str, kind: str, about: str, values: Mapping[str, float]) -> Iterator[str]:
    """Yield one metric; `values` maps labels as written between braces to figures."""
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"

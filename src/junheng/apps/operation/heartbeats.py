"""A worker says every few seconds that it is there, busy or not."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, close_old_connections, connection

from junheng.apps.foundation import clock
from junheng.apps.operation.models import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

log = structlog.get_logger(__name__)
EVERY_S = 15.0
FRESH_S = 60.0
KEPT = timedelta(days=1)


@contextmanager
def heartbeats(
    every_s: float = EVERY_S, *, duties: Sequence[Callable[[], object]] = ()
) -> Iterator[None]:
    """Write signs of life from a side thread while the block runs, and take the last one away.

    `duties` are carried out with each of them: short work of the site itself, which has to go on
    while a job runs for long.
    """
    worker = f"{socket.gethostname()[:100]}:{os.getpid()}"
    ended = threading.Event()
    beating = threading.Thread(
        target=_beat_until,
        args=(ended, worker, every_s, duties),
        name="heartbeat",
        daemon=True,
    )
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()


def beat(worker: str, *, now: datetime) -> None:
    """Write one sign of life and forget those of workers long gone."""
    Heartbeat.objects.update_or_create(worker=worker, defaults={"at": now})
    Heartbeat.objects.filter(at__lt=now - KEPT).delete()


def workers_alive(*, now: datetime) -> int:
    """Return how many workers gave a sign within the last minute."""
    return Heartbeat.objects.filter(at__gte=now - timedelta(seconds=FRESH_S)).count()


def _beat_until(
    ended: threading.Event,
    worker: str,
    every_s: float,
    duties: Sequence[Callable[[], object]],
) -> None:
    try:
        while True:
            _try(lambda: beat(worker, now=clock.now()))
            for duty in duties:
                _try(duty)
            if ended.wait(every_s):
                break
        _try(lambda: Heartbeat.objects.filter(worker=worker).delete())
    finally:
        connection.close()


def _try(write: Callable[[], object]) -> None:
    try:
        write()
    except DatabaseError as error:
        # A database that restarts, or is not migrated yet, comes back; the worker outlives it.
        log.warning("heartbeat_not_written", error=type(error).__name__)
        close_old_connections()

"""Health of the site: alive without anything, ready only with everything."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from tests.command_line import run
from tests.web.test_settings import PRODUCTION

from junheng.apps.jobs.models import Job, State
from junheng.apps.operation.heartbeats import KEPT, beat, heartbeats, workers_alive
from junheng.apps.operation.models import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

NOW = timezone.now()


@pytest.fixture(autouse=True)
def _space(settings: Settings) -> None:
    settings.DISK_FREE_MB = 0


def failed(client: Client) -> set[str]:
    reply = client.get("/health/ready")
    checks: dict[str, str] = reply.json()["checks"]
    names = {name for name, state in checks.items() if state == "failed"}
    assert reply.status_code == (503 if names else 200)
    assert reply.json()["status"] == ("failed" if names else "ok")
    return names


@pytest.mark.django_db
def test_it_works(client: Client) -> None:
    beat("here:1", now=timezone.now())
    assert failed(client) == set()
    assert "no-store" in client.get("/health/ready").headers["Cache-Control"]


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    """Without the mark that opens the database, a query would fail this test."""
    reply = client.get("/health/live")
    assert (reply.status_code, reply.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_without_a_worker_it_is_not_ready(client: Client) -> None:
    assert failed(client) == {"worker"}
    beat("here:1", now=timezone.now() - timedelta(seconds=61))
    assert failed(client) == {"worker"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waited_s", "is_leased", "expected"),
    [
        (60, False, set()),
        (300, False, {"worker"}),
        # One worker at a long job: the next one waits, and nothing is wrong.
        (300, True, set()),
    ],
)
def test_a_queue_that_stands_still(
    client: Client, waited_s: int, is_leased: bool, expected: set[str]
) -> None:
    now = timezone.now()
    beat("here:1", now=now)
    due = now - timedelta(seconds=waited_s)
    Job.objects.create(task_path="t", arguments="{}", idempotency_key="a", run_after=due)
    if is_leased:
        Job.objects.create(
            task_path="t",
            arguments="{}",
            idempotency_key="b",
            state=State.RUNNING,
            lease_token="7f1bb0a8-6a5f-4b0c-9a59-0d6f3a3b0c11",
            lease_until=now + timedelta(seconds=30),
        )
    assert failed(client) == expected


@pytest.mark.django_db
def test_a_migration_that_is_missing(client: Client) -> None:
    beat("here:1", now=timezone.now())
    MigrationRecorder(connection).record_unapplied("operation", "0001_heartbeats")
    assert failed(client) == {"migrations"}


@pytest.mark.django_db
def test_a_full_disk(client: Client, settings: Settings, tmp_path: Path) -> None:
    beat("here:1", now=timezone.now())
    settings.MEDIA_ROOT = tmp_path / "not" / "there" / "yet"
    assert failed(client) == set()
    settings.DISK_FREE_MB = 2**50
    assert failed(client) == {"disk"}


@contextmanager
def out_of_reach() -> Iterator[None]:
    def refuse(*_: Any) -> Any:
        raise OperationalError("connection to 10.1.2.3 refused for user junheng")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db
def test_a_database_out_of_reach_tells_strangers_nothing(client: Client) -> None:
    with out_of_reach():
        assert failed(client) == {"database", "migrations", "worker"}
        assert b"10.1.2.3" not in client.get("/health/ready").content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health/live", "/health/ready", "/metrics"])
def test_nothing_but_reading(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_the_cost_of_a_look(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/health/ready")
    with django_assert_max_num_queries(8):
        client.get("/health/ready")


@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_that_it_lives_and_that_it_goes() -> None:
    with heartbeats(every_s=0.05):
        for _ in range(200):
            if workers_alive(now=timezone.now()):
                break
            Event().wait(0.05)
        (alive,) = Heartbeat.objects.all()
        assert alive.worker.endswith(f":{os.getpid()}")
    assert workers_alive(now=timezone.now()) == 0


@pytest.mark.django_db
def test_workers_long_gone_are_forgotten() -> None:
    beat("gone:1", now=NOW - KEPT - timedelta(seconds=1))
    beat("here:1", now=NOW)
    assert [alive.worker for alive in Heartbeat.objects.all()] == ["here:1"]


def test_production_settings_pass_the_check_for_deployment(tmp_path: Path) -> None:
    environment = PRODUCTION | {
        "JUNHENG_DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "JUNHENG_VAR": str(tmp_path),
    }
    words = ("manage", "check", "--deploy", "--fail-level", "WARNING")
    done = run(*words, environment=environment)
    assert (done.code, done.err) == (0, ""), done.err

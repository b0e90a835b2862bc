"""Figures for monitoring: right numbers, in Prometheus' form, for allowed addresses alone."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from tests.web.test_settings import PRODUCTION, Read, read

from junheng.apps.jobs.models import Job
from junheng.apps.operation import requests
from junheng.apps.operation.requests import RequestFigures

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

__all__ = ["read"]
LINE = re.compile(
    r"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\})? -?[\d.e+-]+)$"
)


@pytest.fixture(autouse=True)
def figures(monkeypatch: pytest.MonkeyPatch) -> RequestFigures:
    """Count from nought, whatever ran before."""
    made = RequestFigures()
    monkeypatch.setattr(requests, "figures", made)
    return made


@pytest.mark.django_db
def test_it_works(client: Client) -> None:
    Job.objects.create(task_path="t", arguments="{}", idempotency_key="a")
    client.get("/health/live")
    client.get("/health/live")
    reply = client.get("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = reply.content.decode().splitlines()
    assert [line for line in lines if not LINE.match(line)] == []
    assert 'junheng_jobs{state="queued"} 1' in lines
    assert 'junheng_jobs{state="parked"} 0' in lines
    assert 'junheng_ready{check="database"} 1' in lines
    assert 'junheng_ready{check="worker"} 0' in lines
    assert 'junheng_requests_total{method="GET",status="200"} 2' in lines
    assert "junheng_request_seconds_count 2" in lines
    assert "junheng_workers 0" in lines


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "allowed", "status"),
    [
        ("127.0.0.1", "127.0.0.1", 200),
        ("10.3.4.5", "127.0.0.1,10.3.0.0/16", 200),
        ("10.4.4.5", "127.0.0.1,10.3.0.0/16", 404),
        ("::1", "127.0.0.1", 404),
        ("", "0.0.0.0/0", 404),
    ],
)
def test_only_for_allowed_addresses(
    client: Client, settings: Settings, address: str, allowed: str, status: int
) -> None:
    settings.METRICS_FROM = [ip_network(part) for part in allowed.split(",")]
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_not_through_a_proxy(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_times_are_counted_up_to_each_bound(figures: RequestFigures) -> None:
    for took_s in (0.01, 0.05, 0.2, 20.0):
        figures.add("GET", 200, took_s)
    assert figures.n_below == [2, 2, 3, 3, 3, 3]
    assert figures.total_s == pytest.approx(20.26)


def test_an_invented_method_opens_no_series(figures: RequestFigures) -> None:
    for method in ("A", "B", "C"):
        figures.add(method, 405, 0.0)
    assert figures.by_kind == {("other", 405): 3}


def test_a_wrong_network_is_named(read: Read) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"JUNHENG_METRICS_FROM is “10\.0\.0\.1/8”"):
        read(PRODUCTION | {"JUNHENG_METRICS_FROM": "10.0.0.1/8"})

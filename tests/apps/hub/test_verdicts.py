"""Published verdicts by the API: the figures and names of `junheng assess --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.balance.tables import many, publish

from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

API = "/api/v1/"


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """A program in the name of the supervision officer."""
    client.force_login(world.officer)
    return client


def read(client: Client, path: str) -> Any:
    reply = client.get(API + path)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_an_assessment_with_its_units_and_coefficients(officer: Client, world: World) -> None:
    made = publish(world)
    (line,) = read(officer, "assessments")["assessments"]
    assert (line["id"], line["county_code"], line["first_year"]) == (made.pk, "530102", 2025)
    whole = read(officer, f"assessments/{made.pk}")
    assert whole["resource_allocation"] == "not_met"
    assert whole["definition_sha256"] == made.definition_sha256
    units = read(officer, f"assessments/{made.pk}/units")
    assert units["ruleset"] == {"id": "cn-2017-quality", "version": "2026.1"}
    cells = {unit["unit_id"]: unit["cells"] for unit in units["units"]}
    # The worked district: R5 of A is 7 against 7.5, 600 m2 are missing to it.
    assert cells["A"]["R5"] == {
        "value": 7.0, "threshold": 7.5, "floor": 6.375, "status": "between85", "gap": 600.0,
    }  # fmt: skip
    rows = read(officer, f"assessments/{made.pk}/dispersion")["dispersion"]
    found = {(row["stage"], row["indicator"]): row for row in rows}
    assert found["primary", "R6"]["cv"] == pytest.approx(0.0805, abs=5e-5)


def test_a_figure_shows_its_working(officer: Client, world: World) -> None:
    made = publish(world)
    units = read(officer, f"assessments/{made.pk}/units")["units"]
    key = next(unit["unit_key"] for unit in units if unit["unit_id"] == "C")
    work = read(officer, f"assessments/{made.pk}/units/{key}/cells/R1/working")
    # R1 of C: 100 x 19 / 450
    assert work["value_exact"] == "38/9"
    shares = read(officer, f"assessments/{made.pk}/dispersion/primary/R6/working")
    assert len(shares["shares"]) == 4
    assert shares["mean"] == pytest.approx(2203.9370, abs=5e-5)


def test_a_school_finds_its_own_units_alone(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.head)
    units = read(client, f"assessments/{made.pk}/units")["units"]
    assert {unit["school_id"] for unit in units} == {world.primary.identifier}
    assert client.get(f"{API}assessments/{made.pk}").status_code == 404
    assert read(client, "assessments") == {"assessments": []}


def test_another_bureau_finds_nothing(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.outsider)
    for path in ("", "/units", "/dispersion", "/dispersion/primary/R6/working"):
        assert client.get(f"{API}assessments/{made.pk}{path}").status_code == 404


def test_the_number_of_queries_does_not_grow(
    officer: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first request of a minute removes the counts of ended ones.
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    read(officer, "rulesets")
    counts = []
    for size in (5, 50):
        made = publish(world, many(size))
        with CaptureQueriesContext(connection) as found:
            read(officer, f"assessments/{made.pk}/units")
        counts.append(len(found))
    assert counts[0] == counts[1]

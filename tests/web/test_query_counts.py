"""The number of queries of a page does not grow with the number of schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.balance.tables import apply, as_csv, changed, check_anew, many, publish

from junheng.apps.balance.models import AssessedUnit
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

SIZES = (5, 50, 500)


def n_queries(client: Client, address: str) -> int:
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.fixture
def director(client: Client, world: World) -> Client:
    """The browser of the director."""
    client.force_login(world.director)
    return client


def test_the_district_page(director: Client, world: World) -> None:
    counts = []
    for size in SIZES:
        made = publish(world, many(size))
        counts.append(n_queries(director, f"/balance/{made.pk}/?show=all"))
    assert len(set(counts)) == 1
    assert counts[0] <= 10


def test_school_and_working_pages(director: Client, world: World) -> None:
    for page in ("schools/{school}/", "units/{unit}/R7/", "coefficients/primary/R7/"):
        counts = set()
        for size in SIZES[:2]:
            made = publish(world, many(size))
            with everything(reason="test"):
                unit = AssessedUnit.objects.filter(assessment=made)[0]
            address = page.format(school=unit.school_id, unit=unit.pk)
            counts.add(n_queries(director, f"/balance/{made.pk}/{address}"))
        assert len(counts) == 1, page


def test_publishing_writes_in_parts_and_not_unit_by_unit(world: World) -> None:
    counts = []
    for size in (10, 400):
        rows = [changed(row, school_id=f"N{size}{ix}") for ix, row in enumerate(many(size))]
        with CaptureQueriesContext(connection) as found:
            apply(world, check_anew(world, as_csv(rows)))
        counts.append(len(found))
    # SQLite takes fewer values at a time than the parts of 500 hold.
    assert counts[1] - counts[0] < 20

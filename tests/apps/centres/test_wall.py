"""The wall of the hall: the figures of the district, and nobody by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.balance.tables import many, publish

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

PAGE = "/wall/"


def test_it_works(client: Client, world: World) -> None:
    client.force_login(world.director)
    client.cookies["language"] = "en"
    assert "No assessment has been published yet." in client.get(PAGE).text
    made = publish(world)
    page = client.get(PAGE).text
    assert f"{made.n_pass}<small>/{made.n_in_scope}</small>" in page
    assert page.count('<tr><th scope="row">') == 7
    for school in (world.primary, world.nine_year):
        assert school.name not in page
    client.force_login(world.head)
    assert client.get(PAGE).status_code == 403


def test_queries_do_not_grow_with_the_schools(client: Client, world: World) -> None:
    client.force_login(world.director)
    counts = []
    for size in (5, 50):
        publish(world, many(size))
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        counts.append(len(found))
    assert len(set(counts)) == 1
    assert counts[0] <= 30

"""The school page: gaps in words, what it takes, the years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import A, B, C, D, Row, changed, publish

from junheng.apps.balance.models import AssessedUnit
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World


def page_of(client: Client, world: World, row: Row, query: str = "") -> str:
    """Publish one unit beside A and D and return its school's page in English."""
    made = publish(world, [row])
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    with everything(reason="test"):
        school = AssessedUnit.objects.get(assessment=made, unit_id=row[0]).school_id
    return client.get(f"/balance/{made.pk}/schools/{school}/{query}").text


def test_it_works(client: Client, world: World) -> None:
    page = page_of(client, world, B)
    assert "Primary: 3 of 7 indicators are met; the unit does not pass yet" in page
    for lack in ("short of 1 persons", "short of 160 m²", "short of 1 rooms"):
        assert lack in page
    assert "short of 40\u202f000 yuan" in page


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (A, "The unit passes as it is"),
        (C, "Any 1 of these 2 are enough"),
        (B, "Any 3 of these 4 are enough"),
        (
            changed(C, media_rooms="1"),
            "All 1 below 85 % of the standard and any 1 of the other 2 are needed",
        ),
        (
            changed(A, media_rooms="1"),
            "All 1 below 85 % of the standard are needed; the other 1 may stay.",
        ),
        (changed(D, media_rooms="1"), "All are needed; 1 of them need only reach 85 %"),
        (D, "Nothing is missing"),
    ],
)
def test_what_it_takes_is_said_as_the_rule_allows(
    client: Client, world: World, row: Row, sentence: str
) -> None:
    assert sentence in page_of(client, world, row)


def test_the_smallest_of_the_needed_lacks_are_marked(client: Client, world: World) -> None:
    # C lacks 11.1 % of R2 and 1.2 % of R3; one of the two is enough.
    page = page_of(client, world, C)
    gaps = page.partition('class="gaps"')[2]
    assert gaps.count('class="cheapest"') == 1
    assert gaps.index("PE and arts") < gaps.index('class="cheapest"') < gaps.index("Backbone")


def test_a_school_of_two_stages_has_a_tab_for_each(client: Client, world: World) -> None:
    junior = changed(B, unit_id="BJ", stage="junior", pupils="100")
    made = publish(world, [B, junior])
    client.force_login(world.other_head)
    client.cookies["language"] = "en"
    address = f"/balance/{made.pk}/schools/{world.nine_year.pk}/"
    assert "Primary: 3 of 7" in client.get(address).text
    assert "Junior secondary: 7 of 7" in client.get(f"{address}?stage=junior").text


def test_an_excluded_unit_says_by_which_rule(client: Client, world: World) -> None:
    page = page_of(client, world, changed(D, kind="special"))
    assert "Not assessed: Special-education schools are not assessed" in page


def test_the_years_of_the_unit_are_drawn(client: Client, world: World) -> None:
    publish(world, [changed(A, media_rooms="20")], year=2024)
    made = publish(world, [A], year=2025)
    client.force_login(world.head)
    client.cookies["language"] = "en"
    page = client.get(f"/balance/{made.pk}/schools/{world.primary.pk}/").text
    assert "Over the years" in page
    assert "2024: 1.67" in page


def test_own_school_leads_to_the_newest_published_assessment(client: Client, world: World) -> None:
    publish(world, year=2024)
    made = publish(world, year=2025)
    client.force_login(world.clerk)
    reply = client.get("/balance/my-school/")
    assert reply.headers["Location"] == f"/balance/{made.pk}/schools/{world.primary.pk}/"

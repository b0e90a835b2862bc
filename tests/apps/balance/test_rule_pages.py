"""Pages of rule sets, and rule sets kept with assessments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import publish

from junheng.apps.balance import kept
from junheng.engine import standard

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World


@pytest.fixture
def reader(client: Client, world: World) -> Client:
    """The browser of a head of school, in English: rule sets are open to all."""
    client.force_login(world.head)
    client.cookies["language"] = "en"
    return client


def test_the_list_names_every_shipped_set(reader: Client) -> None:
    page = reader.get("/rules/").text
    for ref in standard.available():
        assert f"{ref.id}@{ref.version}" in page


def test_every_row_stands_on_the_page_with_its_source(reader: Client) -> None:
    rules = standard.load("cn-2017-quality")
    page = reader.get(f"/rules/{rules.id}/{rules.version}/").text
    assert page.count('<tr id="row-') == len(rules.all_sources)
    for threshold in ("≥ 4.2", "≥ 10.2", "≤ 0.45"):
        assert threshold in page
    assert "Not yet confirmed" in page
    assert "-- scoped" in page or "SELECT" in page


def test_a_local_set_says_what_differs(reader: Client) -> None:
    page = reader.get("/rules/example-local/2026.1/").text
    part = page.partition('id="differences"')[2].partition("</section>")[0]
    assert "≥ 2.3" in part
    assert "≥ 2.5" in part
    assert "No primary class has more than 42 pupils" in part
    assert part.count("<tr>") == 3


def test_an_unknown_set_is_not_found(reader: Client) -> None:
    assert reader.get("/rules/cn-1900/1/").status_code == 404


def test_a_kept_set_opens_from_its_own_text_alone(world: World) -> None:
    made = publish(world)
    again = kept.from_files(made.ruleset.files)
    assert again == standard.load("cn-2017-quality")
    assert again.digest == made.ruleset.digest


def test_a_set_laid_over_another_is_kept_with_it(world: World) -> None:
    rules = standard.load("example-local")
    stored = kept.keep(rules)
    assert [file["id"] for file in stored.files] == ["cn-2017-quality", "example-local"]
    assert kept.from_files(stored.files) == rules


def test_a_set_is_kept_once(world: World) -> None:
    assert publish(world).ruleset_id == publish(world, year=2024).ruleset_id

"""The wall of the hall in a browser: sound, and it keeps what it shows while the server is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from tests.apps.balance.tables import publish

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser

STALE = "[data-wall-stale]"
BACK = "window.dispatchEvent(new Event('online'))"


def test_it_keeps_its_figures_until_there_are_new_ones(visit: Open, world: World) -> None:
    publish(world)
    wall = visit("/wall/", width=1920, user=world.director)
    assert wall.axe_violations() == []
    assert wall.overflow_px == 0
    page = wall.page
    # A session that has ended gets the page to sign in, in place of the wall.
    name = settings.SESSION_COOKIE_NAME
    (value,) = [one["value"] for one in page.context.cookies() if one["name"] == name]
    page.context.clear_cookies(name=name)
    page.evaluate(BACK)
    page.wait_for_selector(STALE, state="visible")
    assert page.locator(".wall-table tbody tr").count() == 7
    page.context.add_cookies([{"name": name, "value": value, "url": page.url}])
    page.evaluate(BACK)
    page.wait_for_selector(STALE, state="hidden")

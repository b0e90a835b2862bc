"""The wall of the hall in a browser: sound, and it keeps what it shows while the server is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
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
    # What a session that has ended gets in place of the wall.
    page.route("**/wall/", lambda route: route.fulfill(body="<html>sign in</html>"))
    page.evaluate(BACK)
    page.wait_for_selector(STALE, state="visible")
    assert page.locator(".wall-table tbody tr").count() == 7
    page.unroute("**/wall/")
    page.evaluate(BACK)
    page.wait_for_selector(STALE, state="hidden")

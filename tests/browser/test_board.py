"""The board and the course of a year in a browser: sound at every width, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import publish

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser

PAGES = ("/balance/board/", "/balance/board/items/G14/", "/balance/board/course/")


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (1024, "en"), (390, "en")])
def test_the_pages_are_sound(visit: Open, world: World, width: int, language: str) -> None:
    publish(world)
    found = {}
    for page in PAGES:
        opened = visit(f"{page}?year=2025", width=width, language=language, user=world.officer)
        found[page] = (opened.axe_violations(), opened.overflow_px)
    assert found == dict.fromkeys(PAGES, ([], 0))

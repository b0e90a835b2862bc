"""Papers in a browser: from the list to a paper that is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import publish

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_it_is_sound_at_every_width(visit: Open, world: World, width: int) -> None:
    publish(world)
    for user in (world.officer, world.head):
        opened = visit("/reports/", width=width, user=user)
        assert opened.axe_violations() == []
        assert opened.overflow_px == 0

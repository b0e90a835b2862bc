"""The school page in a browser, as the head of the school sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import WORKED, B, changed, many, publish

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "zh-hans"), (390, "en")])
def test_it_is_sound_at_every_width(visit: Open, world: World, width: int, language: str) -> None:
    publish(world, many(12), year=2024)
    publish(world, [*WORKED, changed(B, unit_id="BJ", stage="junior"), *many(12)])
    opened = visit("/work/", width=width, language=language, user=world.other_head)
    assert "/schools/" in opened.page.url
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
    opened.page.get_by_role("navigation").get_by_role("link", name="初中").or_(
        opened.page.get_by_role("link", name="Junior secondary")
    ).first.click()
    assert "stage=junior" in opened.page.url

"""Signing in with the keyboard alone, and what the door looks like on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.world import PASSWORD

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


def test_one_signs_in_with_the_keyboard(visit: Open, world: World) -> None:
    page = visit("/sign-in/", language="en").page
    page.get_by_label("User name").focus()
    page.keyboard.type("officer")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    # The language kept with the person is Chinese, whatever the door spoke.
    page.get_by_role("link", name="从模板开始").wait_for()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_door_is_sound(visit: Open, world: World, width: int) -> None:
    opened = visit("/sign-in/", width=width)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0

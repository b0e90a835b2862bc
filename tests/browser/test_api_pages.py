"""The pages of the API in a browser: sound at every width, with a token just made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.it.test_people import keeper

from junheng.apps.accounts.api import Role

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_the_pages_are_sound(visit: Open, world: World, width: int, language: str) -> None:
    officer = keeper(world, Role.IT_OFFICER)
    opened = visit("/it/api/", width=width, language=language, user=officer)
    opened.page.fill("[name=name]", "Statistics")
    opened.page.check("[value=figures]")
    opened.page.click("main form button[type=submit]")
    opened.page.wait_for_selector("code.token")
    found = {"/it/api/": (opened.axe_violations(), opened.overflow_px)}
    shown = visit("/it/api/reference/", width=width, language=language, user=officer)
    found["/it/api/reference/"] = (shown.axe_violations(), shown.overflow_px)
    assert found == dict.fromkeys(found, ([], 0))

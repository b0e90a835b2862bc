"""Sliders in a browser: one moved, and the result follows without a new page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import publish

from junheng.apps.balance.models import AssessedUnit
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_a_slider_moves_the_result(visit: Open, world: World, width: int) -> None:
    made = publish(world)
    with everything(reason="test"):
        unit = AssessedUnit.objects.get(assessment=made, unit_id="B")
    address = f"/balance/{made.pk}/units/{unit.pk}/what-if/"
    opened = visit(address, width=width, language="en", user=world.officer)
    page = opened.page
    result = page.locator("#what-if-result")
    assert result.get_by_text("short of 160 m²").count() == 1
    page.get_by_role("slider", name="Floor area of teaching").fill("4000")
    page.locator("#what-if-answer").get_by_text("With these figures").wait_for()
    assert result.get_by_text("short of 160 m²").count() == 0
    assert "teaching_area_m2=4000" in page.url
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0

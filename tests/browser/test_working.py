"""Working pages in a browser: recomputed in place, printed on A4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import WORKED, many, publish

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_a_coefficient_is_sound_and_recomputes_in_place(
    visit: Open, world: World, width: int
) -> None:
    made = publish(world, [*WORKED, *many(30)])
    address = f"/balance/{made.pk}/coefficients/primary/R4/"
    opened = visit(address, width=width, language="en", user=world.officer)
    page = opened.page
    page.get_by_role("button", name="Recompute").click()
    page.get_by_text("equal to the stored").wait_for()
    assert page.url.endswith(address)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def test_a_coefficient_of_36_units_prints_on_one_sheet(visit: Open, world: World) -> None:
    made = publish(world, many(36))
    opened = visit(f"/balance/{made.pk}/coefficients/primary/R4/", user=world.officer)
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", opened.page.pdf(format="A4"))
    assert len(sheets) == 1

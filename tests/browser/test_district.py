"""The district page in a browser: sound at every width, a door to the working of every figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import WORKED, many, publish

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_is_sound_at_every_width(visit: Open, world: World, width: int, language: str) -> None:
    publish(world, [*WORKED, *many(12)])
    opened = visit("/work/", width=width, language=language, user=world.director)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def test_one_reaches_the_working_of_a_figure_and_prints_it(visit: Open, world: World) -> None:
    publish(world)
    page = visit("/work/", user=world.director).page
    page.locator("#units td a").first.click()
    page.wait_for_load_state("networkidle")
    assert "/units/" in page.url
    n_pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))
    assert n_pages == 1


def test_the_language_is_switched_and_kept(visit: Open, world: World) -> None:
    publish(world)
    page = visit("/work/", user=world.director).page
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == "High-quality balance"


def test_marks_are_walked_with_the_arrow_keys(visit: Open, world: World) -> None:
    publish(world)
    page = visit("/work/", language="en", user=world.director).page
    strip = page.locator("figure.strip").first
    strip.scroll_into_view_if_needed()
    strip.locator("a[data-mark][tabindex='0']").focus()
    # Scrolling, which hides the name of a mark, ends with the frame after the next.
    page.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    page.keyboard.press("ArrowRight")
    tip = page.locator(".chart-tip")
    tip.wait_for()
    assert "pupils" in tip.inner_text()

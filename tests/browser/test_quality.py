"""Suspicious figures in a browser: seen, corrected by keyboard, said on the district page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import as_csv, changed, check, many, publish

if TYPE_CHECKING:
    from tests.apps.balance.tables import Row
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


def slipped() -> tuple[Row, ...]:
    rows = list(many(20))
    rows[3] = changed(rows[3], equipment_yuan="276")
    rows[7] = changed(rows[7], sports_ground_area_m2="84")
    return tuple(rows)


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (1024, "en"), (390, "zh-hans")])
def test_it_is_sound_at_every_width(visit: Open, world: World, width: int, language: str) -> None:
    publish(world, slipped())
    opened = visit("/data/quality/", width=width, language=language, user=world.officer)
    assert opened.page.locator("article.finding").count() == 2
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def test_it_says_what_to_do_while_there_is_nothing(visit: Open, world: World) -> None:
    opened = visit("/data/quality/", language="en", user=world.officer)
    assert opened.page.get_by_text("No table has been applied yet").is_visible()
    assert opened.axe_violations() == []


def test_a_figure_is_corrected_by_keyboard(visit: Open, world: World) -> None:
    upload = check(world, as_csv(slipped()))
    opened = visit(f"/balance/upload/{upload.pk}/", language="en", user=world.officer)
    page = opened.page
    assert opened.axe_violations() == []
    finding = page.locator("article.finding").filter(has_text="第3小学")
    value = finding.get_by_label("Right figure")
    assert value.input_value() == "2760000"
    value.focus()
    page.keyboard.press("Tab")
    page.keyboard.type("asked the school")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("1 corrected").wait_for()
    assert finding.get_by_text("asked the school").is_visible()
    assert opened.axe_violations() == []


def test_findings_fit_a_phone(visit: Open, world: World) -> None:
    upload = check(world, as_csv(slipped()))
    opened = visit(f"/balance/upload/{upload.pk}/", width=390, user=world.officer)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0

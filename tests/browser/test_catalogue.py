"""The catalogue of data in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import many, publish
from tests.world import settled

from junheng.apps.catalogue.sources import Figure, values_record
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser

PAGES = (
    "/data/",
    "/data/datasets/pupils/",
    "/data/fields/?q=班号",
    "/data/fields/?q=nothing-at-all",
    "/data/indicators/",
    "/data/indicators/R1/",
)


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (1024, "en"), (390, "zh-hans")])
@pytest.mark.parametrize("path", PAGES)
def test_it_is_sound_at_every_width(
    visit: Open, world: World, path: str, width: int, language: str
) -> None:
    opened = visit(path, width=width, language=language, user=world.officer)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def test_codes_open_by_keyboard(visit: Open, world: World) -> None:
    opened = visit("/data/datasets/pupils/", language="en", user=world.clerk)
    row = opened.page.locator("#field-sex_code")
    row.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    assert row.locator(".codes li").first.is_visible()
    assert opened.axe_violations() == []


def test_a_field_leads_to_its_indicator_and_back(visit: Open, world: World) -> None:
    page = visit("/data/datasets/equipment/", language="en", user=world.clerk).page
    page.get_by_role("link", name="R6").first.click()
    page.wait_for_url("**/data/indicators/R6/")
    page.get_by_role("link", name="Equipment").first.click()
    page.wait_for_url("**/data/datasets/equipment/")


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_class_sizes_are_sound(visit: Open, world: World, width: int, language: str) -> None:
    settled(world.bureau.code)
    path = "/data/classes/?year=2025"
    opened = visit(path, width=width, language=language, user=world.officer)
    assert opened.page.locator(".class-strip").count() == 5
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
    opened.page.locator("tbody th a").first.click()
    opened.page.wait_for_url("**/data/classes/*/?year=2025*")
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


@pytest.mark.parametrize(
    "path", ["/data/classes/", "/data/burden/", "/data/sources/", "/data/sources/add"]
)
def test_empty_pages_say_what_to_do(visit: Open, world: World, path: str) -> None:
    opened = visit(path, width=390, language="en", user=world.officer)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_burden_is_sound(visit: Open, world: World, width: int, language: str) -> None:
    publish(world, many(12))
    opened = visit("/data/burden/", width=width, language=language, user=world.officer)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def test_a_form_is_looked_up_and_registered(visit: Open, world: World) -> None:
    publish(world, many(12))
    opened = visit("/data/burden/forms/add", language="en", user=world.officer)
    page = opened.page
    page.get_by_label("Name of the form").fill("Uniforms")
    page.get_by_label("Column headings").fill("Uniforms per pupil\n学校名称")
    page.get_by_label("Due on").fill("2025-11-01")
    page.get_by_role("button", name="Look up the columns").click()
    page.get_by_text("is filled in from").wait_for()
    assert opened.axe_violations() == []
    page.get_by_role("button", name="Register", exact=True).click()
    page.wait_for_url("**/data/burden/")
    assert page.get_by_text("1 of 2 columns are filled in already").is_visible()


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_a_difference_is_decided(visit: Open, world: World, width: int, language: str) -> None:
    publish(world, many(12))
    with everything(reason="test"):
        values_record(
            bureau_id=world.bureau.pk,
            first_year=2025,
            kind="annual_statistics",
            name="",
            figures=[Figure("U1", "第1小学", "pupils", "1300")],
            by=None,
            now=clock.now(),
        )
    opened = visit("/data/sources/", width=width, language=language, user=world.officer)
    page = opened.page
    page.locator(".differences summary").focus()
    page.keyboard.press("Enter")
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
    page.locator("input[name=reason]").fill("counted again")
    page.keyboard.press("Enter")
    page.get_by_text("counted again").wait_for()
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0

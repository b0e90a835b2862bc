"""The gallery in a real browser: every component, both languages, three widths, keyboard, paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_no_accessibility_violation_in_the_gallery(visit: Open, language: str, width: int) -> None:
    gallery = visit(reverse("gallery"), language=language, width=width)
    assert gallery.axe_violations() == []


@pytest.mark.parametrize("width", [1440, 390])
def test_no_accessibility_violation_at_the_door(visit: Open, width: int) -> None:
    assert visit(reverse("sign_in"), width=width).axe_violations() == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_is_wider_than_the_window(visit: Open, width: int, language: str) -> None:
    assert visit(reverse("gallery"), width=width, language=language).overflow_px == 0


def test_arrow_keys_walk_the_schools_of_a_strip(visit: Open) -> None:
    page = visit(reverse("gallery"), language="en").page
    strip = page.locator("figure.strip").first
    strip.locator("[data-mark][tabindex='0']").focus()
    leftmost = page.locator(".chart-tip").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator(".chart-tip").inner_text()
    page.keyboard.press("End")
    last = page.locator(".chart-tip").inner_text()
    values = [float(tip.split(" per 100")[0].split()[-1]) for tip in (leftmost, second, last)]
    assert values == sorted(values)
    assert len({leftmost, second, last}) == 3


def test_a_strip_is_one_stop_on_the_way_of_the_tab_key(visit: Open) -> None:
    strip = visit(reverse("gallery")).page.locator("figure.strip").first
    assert strip.locator("[data-mark]").count() > 30
    assert strip.locator("[data-mark][tabindex='0']").count() == 1


def test_the_legend_of_the_map_hides_and_shows(visit: Open) -> None:
    page = visit(reverse("gallery")).page
    failing = page.locator(".map [data-mark][data-kind='fail']")
    legend = page.locator(".map button[data-filter='fail']")
    assert failing.first.is_visible()
    legend.press("Enter")
    assert not failing.first.is_visible()
    assert legend.get_attribute("aria-pressed") == "false"
    legend.press("Enter")
    assert failing.first.is_visible()


def test_the_first_fault_takes_the_focus(visit: Open) -> None:
    page = visit(reverse("gallery") + "?fault").page
    assert page.evaluate("document.activeElement.matches('tr.is-fault')")


def test_the_first_tab_stop_leads_to_the_content(visit: Open) -> None:
    page = visit(reverse("gallery")).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_menu_is_a_sheet_on_a_phone(visit: Open) -> None:
    page = visit(reverse("gallery"), width=390).page
    menu = page.locator("#menu")
    assert not menu.is_visible()
    page.locator(".side-open").press("Enter")
    assert menu.is_visible()
    page.keyboard.press("Escape")
    assert not menu.is_visible()


def test_a_table_becomes_cards_on_a_phone(visit: Open) -> None:
    page = visit(reverse("gallery"), width=390, language="en").page
    label = page.locator(".table-cards td").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )
    assert label == '"Pupils"'


def test_marks_of_confirmation_explain_themselves_to_the_keyboard(visit: Open) -> None:
    page = visit(reverse("gallery"), language="en").page
    tip = page.locator(".mark-tip").first
    assert not tip.is_visible()
    page.locator(".mark button").first.focus()
    assert tip.is_visible()


def test_a_chosen_file_is_named(visit: Open, tmp_path: Path) -> None:
    page = visit(reverse("gallery")).page
    table = tmp_path / "units.csv"
    table.write_bytes(b"x" * 2500)
    page.locator("#file-a").set_input_files(table)
    assert page.locator("[data-chosen]").first.inner_text() == "units.csv (3 kB)"


def test_menus_close_with_escape_and_by_a_click_elsewhere(visit: Open) -> None:
    page = visit(reverse("gallery")).page
    menu = page.locator(".header details.menu").first
    menu.locator("summary").click()
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    menu.locator("summary").click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_a_working_prints_on_one_sheet_without_the_frame(visit: Open) -> None:
    page = visit(reverse("gallery")).page
    # What a page that holds nothing but the working sends to the printer.
    others = page.locator(".gallery-part:not(#working-part)")
    others.evaluate_all("parts => parts.forEach(part => part.remove())")
    page.emulate_media(media="print")
    assert not page.locator(".header").is_visible()
    assert not page.locator("#menu").is_visible()
    assert page.locator(".printed").is_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_nothing_moves_for_readers_who_prefer_no_motion(visit: Open) -> None:
    page = visit(reverse("gallery")).page
    page.emulate_media(reduced_motion="reduce")
    button = page.locator(".button").first
    assert button.evaluate("element => getComputedStyle(element).transitionDuration") == "0s"


def test_charts_move_nothing_when_scripts_start(visit: Open) -> None:
    page = visit(reverse("gallery")).page
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        })"""
    )
    assert shift < 0.1

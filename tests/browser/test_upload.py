"""A table on its way in, in a browser: by keyboard, with faults shown, to what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import WORKED, A, B, as_csv, changed, publish

from junheng.apps.jobs.api import run_worker

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


def send_by_keyboard(page: Page, file: Path) -> None:
    """Choose a file, then go through the form with Tab and send it with Enter."""
    page.set_input_files("#id_file", file)
    page.locator("#id_file").focus()
    seen = []
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
        assert len(seen) < 12
    assert [field for field in dict.fromkeys(seen) if field] == [
        "id_school_year",
        "id_statistics_date",
        "id_ruleset",
    ]
    page.keyboard.press("Enter")
    page.wait_for_url("**/balance/upload/*-*/")


def test_a_table_goes_from_file_to_verdict(visit: Open, world: World, tmp_path: Path) -> None:
    publish(world)
    file = tmp_path / "校段表.csv"
    file.write_bytes(as_csv([changed(row, media_rooms="40") for row in WORKED]))
    opened = visit("/balance/upload/", language="en", user=world.officer)
    page = opened.page
    send_by_keyboard(page, file)
    assert opened.axe_violations() == []
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Being applied").wait_for()
    assert run_worker(until_idle=True) == 1
    page.get_by_text("What changed because of you").wait_for()
    assert opened.axe_violations() == []
    page.get_by_role("link", name="To the district page").click()
    page.wait_for_url("**/balance/*/")
    assert page.get_by_role("heading", name="What stands in the way").is_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_faults_are_shown_with_row_and_remedy(
    visit: Open, world: World, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(as_csv([changed(A, stage="大学"), changed(B, pupils="-1")]))
    opened = visit("/balance/upload/", width=width, user=world.officer)
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
    send_by_keyboard(opened.page, file)
    rows = opened.page.locator("tbody tr")
    assert rows.count() == 2
    assert "大学" in rows.nth(0).inner_text()
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0

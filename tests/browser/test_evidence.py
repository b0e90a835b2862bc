"""Evidence in a real browser: several files at once, and a PDF in its own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload
from tests.apps.evidence.documents import PROGRAM
from tests.apps.evidence.portable import A_PAGE

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_clerk_files_and_looks(visit: Open, world: World) -> None:
    opened = visit("/evidence/items/R4/", width=390, language="en", user=world.clerk)
    page = opened.page
    files = {"平面图.pdf": A_PAGE, "坏.pdf": PROGRAM}
    page.set_input_files(
        "#id_files",
        [FilePayload(name=n, mimeType="application/pdf", buffer=b) for n, b in files.items()],
    )
    page.get_by_role("button", name="File", exact=True).click()
    page.locator(".outcomes .is-taken").wait_for()
    assert "was not taken" in page.locator(".outcomes .is-refused").inner_text()
    page.locator("#filed .table").wait_for()
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
    page.locator("#filed a", has_text="平面图.pdf").click()
    page.locator("iframe.evidence-frame").wait_for()
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def test_the_binder_for_the_bureau(visit: Open, world: World) -> None:
    opened = visit("/evidence/", user=world.officer)
    assert opened.axe_violations() == []

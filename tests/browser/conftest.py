"""A real browser for tests: pages of the live server, watched for what they must not do.

`visit("/path", width=390, language="en", user=someone)` opens a page and keeps a record of requests
that left the host, of complaints in the console and of faults of scripts. Each visit is checked for
them at the end of the test.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright
from tests.nursery import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from junheng.apps.accounts.models import User

# Playwright keeps an event loop in the thread of the tests; Django would take every query of a test
# for one made inside that loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@dataclass
class Visit:
    """One page in the browser, and what it did that a page of ours must not do."""

    page: Page
    host: str
    foreign_requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to record requests and complaints."""
        self.page.on("request", lambda request: self._note_request(request.url))
        self.page.on("console", lambda line: self._note_line(line.type, line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_request(self, url: str) -> None:
        # The browser's own reader of PDF is an extension of it.
        own = ("data:", "blob:", "chrome:", "chrome-extension:")
        if urlsplit(url).netloc != self.host and not url.startswith(own):
            self.foreign_requests.append(url)

    def _note_line(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def axe_violations(self) -> list[str]:
        """Return every accessibility violation as `rule: first place`."""
        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]

    @property
    def overflow_px(self) -> int:
        """How far the page is wider than its window."""
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(script))


class Open(Protocol):
    """Opens a page of the live server."""

    def __call__(
        self, path: str, *, width: int = 1440, language: str = "zh-hans", user: User | None = None
    ) -> Visit: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if CHROMIUM is None:
        pytest.skip("no chromium on the path: see make setup")
    if not (Path(settings.DIST_DIR) / "manifest.json").is_file():
        pytest.skip("scripts and styles are not built: python tools/frontend.py build")
    # Chromium's sandbox does not work for root, who runs tests in containers.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=as_root)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Return the function that opens pages; at the end, check what they did."""
    visits: list[Visit] = []

    def open_page(
        path: str, *, width: int = 1440, language: str = "zh-hans", user: User | None = None
    ) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900})
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, **_session_of(user)}
        context.add_cookies(
            [
                {"name": name, "value": text, "url": live_server.url}
                for name, text in cookies.items()
            ]
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        opened = Visit(context.new_page(), urlsplit(live_server.url).netloc)
        opened.watch()
        visits.append(opened)
        opened.page.goto(live_server.url + path)
        # Text is measured in the fonts of the page; its scripts have run once it is loaded.
        opened.page.evaluate("document.fonts.ready.then(() => true)")
        return opened

    yield open_page
    for opened in visits:
        # A page is watched until it has been quiet for half a second, mostly long ago by now.
        if not opened.page.is_closed():
            opened.page.wait_for_load_state("networkidle")
        opened.page.context.close()
    assert [url for opened in visits for url in opened.foreign_requests] == []
    assert [line for opened in visits for line in opened.complaints] == []


def _session_of(user: User | None) -> dict[str, str]:
    if user is None:
        return {}
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}

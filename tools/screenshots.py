"""Take the pictures of README and docs from a running demo.

    python tools/screenshots.py                 write docs/images
    python tools/screenshots.py --to FOLDER     every page, three widths, both languages, to look at

Starts the demo on a free port with its data in a temporary folder, and stops it at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTHS = (1440, 1024, 390)
HEIGHT = 900
START_WITHIN_S = 90


def main() -> int:
    """Take the pictures asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, help="folder for all pages at all widths")
    folder = parser.parse_args().to
    with demo() as address, chromium() as browser:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            all_pages(browser, address, folder)
        else:
            for_docs(browser, address)
    return 0


@contextmanager
def demo() -> Iterator[str]:
    """Run `junheng demo` on a free port; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        around = os.environ | {"JUNHENG_VAR": data}
        command = [sys.executable, "-m", "junheng.cli", "demo", "--port", str(port)]
        server = subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def wait_for(address: str) -> None:
    """Wait until the address answers."""
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urlopen(address):  # noqa: S310 - an address of this machine, made above
                return
        except URLError:
            time.sleep(0.3)
    message = f"the demo did not answer at {address} within {START_WITHIN_S} s"
    raise TimeoutError(message)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "no chromium on the path: see make setup"
        raise FileNotFoundError(message)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=as_root)
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, role: str, *, width: int, language: str) -> Page:
    """Open a page as one of the demo's roles in a language."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        locale="en" if language == "en" else "zh-CN",
        base_url=address,
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator(f"form[action*='/demo/sign-in/{role}'] button").click()
    page.wait_for_load_state("networkidle")
    page.goto("/work/")
    page.wait_for_load_state("networkidle")
    return page


def for_docs(browser: Browser, address: str) -> None:
    """Write the pictures that README and docs show."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    page = signed_in(browser, address, "supervision_officer", width=1440, language="zh-hans")
    page.screenshot(path=IMAGES / "district.png")
    home = page.url
    page.locator("a[href*='/units/']").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / "working.png")
    page.goto(home)
    page.locator("a[href*='/schools/']").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / "school.png")
    page.goto("/balance/upload/")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / "upload.png")


def all_pages(browser: Browser, address: str, folder: Path) -> None:
    """Every page at three widths in both languages."""
    for language in ("zh-hans", "en"):
        for width in WIDTHS:
            name = f"{language}-{width}"
            page = signed_in(
                browser, address, "supervision_officer", width=width, language=language
            )
            shots = {"district": page.url}
            for key, link in {
                "cell": "a[href*='/units/']",
                "coefficient": "a[href*='/coefficients/']",
                "school": "a[href*='/schools/']",
            }.items():
                shots[key] = page.locator(link).first.get_attribute("href") or "/"
            shots |= {
                "home": "/",
                "upload": "/balance/upload/",
                "list": "/balance/",
                "rules": "/rules/",
            }
            for key, url in shots.items():
                page.goto(url)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{key}-{name}.png", full_page=True)
            page.context.close()


if __name__ == "__main__":
    sys.exit(main())

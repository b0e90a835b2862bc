"""The second factor in a browser: an authenticator, a passkey of a device that is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.accounts.factors import code_of
from tests.world import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.fixtures import Settings
    from tests.browser.conftest import Open, Visit
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _asked(settings: Settings) -> None:
    settings.SECOND_FACTOR_ASKED = True


def at_the_door(visit: Open) -> Visit:
    """Open the door by its name: browsers know no passkeys of bare addresses."""
    opened = visit("/sign-in/", language="en")
    address = opened.page.url.replace("127.0.0.1", "localhost")
    opened.host = opened.host.replace("127.0.0.1", "localhost")
    opened.page.goto(address)
    return opened


def sign_in(page: Page) -> None:
    page.locator("#id_username").fill("officer")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")


@pytest.mark.parametrize("width", [1440, 390])
def test_an_authenticator_is_set_up(visit: Open, world: World, width: int) -> None:
    opened = visit("/sign-in/", width=width)
    page = opened.page
    sign_in(page)
    page.wait_for_url("**/me/factor/")
    assert opened.axe_violations() == []
    page.locator('a[href="/me/factor/app/"]').click()
    page.locator("#id_code").wait_for()
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0
    page.locator("#id_code").fill(code_of(page.locator("main code").inner_text()))
    page.locator("#id_code").press("Enter")
    page.wait_for_url("**/me/factor/codes/")
    assert page.locator(".recovery-codes li").count() == 10
    assert opened.axe_violations() == []


def test_a_passkey_signs_in_alone(visit: Open, world: World) -> None:
    opened = at_the_door(visit)
    page = opened.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page)
    page.wait_for_url("**/me/factor/")
    page.locator('a[href="/me/factor/passkey/"]').click()
    page.locator('form[data-passkey="create"] button').click()
    page.wait_for_url("**/me/factor/codes/")
    page.goto(page.url.replace("/me/factor/codes/", "/me/posts/"))
    page.locator(".menu-end summary").click()
    page.locator('form[action="/sign-out/"] button').click()
    page.wait_for_url("**/sign-in/**")
    page.locator('form[data-passkey="get"] button').click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(page.url.split("/", 3)[0] + "//" + opened.host + "/me/posts/")
    assert page.locator("h1").count() == 1
    assert "/me/posts/" in page.url

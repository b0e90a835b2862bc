"""What browsers are told on every page: nothing from elsewhere, nothing inline, no frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.world import PASSWORD

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from django.test import Client
    from tests.world import World

pytestmark = pytest.mark.django_db


def policy_of(reply: HttpResponseBase) -> dict[str, list[str]]:
    rules = reply.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for rule in rules if (words := rule.split())}


def test_it_works(client: Client) -> None:
    assert policy_of(client.get("/sign-in/")) == {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }


@pytest.mark.parametrize("address", ["/sign-in/", "/nothing/here", "/"])
def test_every_reply_carries_it(client: Client, address: str) -> None:
    reply = client.get(address)
    text = reply.headers["Content-Security-Policy"]
    assert "unsafe" not in text
    assert "*" not in text
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_page_has_no_inline_script_or_style_and_no_foreign_address(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<script>" not in page
    assert "//" not in page.replace("http://www.w3.org/", "")


def test_the_session_cookie_is_out_of_reach_of_scripts(client: Client, world: World) -> None:
    reply = client.post("/sign-in/", {"username": "head", "password": PASSWORD})
    cookie = reply.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"

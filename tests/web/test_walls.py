"""The walls around every address: strangers go to the sign-in page, errors become pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from junheng.apps.foundation.scoping import Scope, current
from junheng.errors import DataError, JunhengError, NotAllowed, NotFound
from junheng.i18n import say
from junheng.web.middleware import ErrorPages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from tests.world import World

# The gallery of components shows invented figures, and is not there in production.
OPEN = {"sign_in", "account_login", "demo_sign_in", "set_language", "gallery"}
OPEN |= {"mfa_authenticate", "mfa_login_webauthn"}
OPEN |= {"health_live", "health_ready", "metrics"}
# Whoever has a code answers a survey, and is asked nothing else.
OPEN |= {"survey:answer", "survey:answered"}


@dataclass(frozen=True)
class Address:
    """One address of the site: its full name, how many values it takes, its view."""

    name: str
    n_values: int
    is_open: bool


def addresses() -> Iterator[Address]:
    """Yield every address of the site."""

    def walk(parts: list[URLPattern | URLResolver], space: str, n_outer: int) -> Iterator[Address]:
        for part in parts:
            n_values = n_outer + len(part.pattern.converters)
            if isinstance(part, URLResolver):
                inner = f"{space}{part.namespace}:" if part.namespace else space
                yield from walk(part.url_patterns, inner, n_values)
            else:
                is_open = not getattr(part.callback, "login_required", True)
                yield Address(f"{space}{part.name}", n_values, is_open)

    return walk(get_resolver().url_patterns, "", 0)


@pytest.mark.django_db
def test_it_works(client: Client) -> None:
    """A stranger is sent to the sign-in page from everywhere but the open addresses.

    The API says instead that nobody is signed in.
    """
    closed = [a.name for a in addresses() if not a.n_values and a.name not in OPEN]
    assert "posts" in closed
    for name in closed:
        for reply in (client.get(reverse(name)), client.post(reverse(name))):
            if name.startswith("api:"):
                assert reply.status_code == 401, name
                continue
            assert reply.status_code == 302, name
            assert reply.headers["Location"].startswith("/sign-in/"), name


def test_only_these_views_are_open_to_strangers() -> None:
    assert {address.name for address in addresses() if address.is_open} == OPEN


def test_the_scope_is_open_during_the_view_and_closed_after(world: World) -> None:
    from junheng.apps.accounts.middleware import reader_and_scope

    seen: list[Scope | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = world.head
    request.session = {}  # type: ignore[assignment]
    reader_and_scope(view)(request)  # type: ignore[arg-type]
    assert seen == [world.reader(world.head).scope]
    assert current() is None


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(say("There is no {thing}.", thing="unit 7")), 404),
        (NotAllowed(say("Not with your posts.")), 403),
        (DataError(say("Row {row} is wrong.", row=7)), 400),
    ],
)
def test_our_errors_become_pages(error: JunhengError, status: int) -> None:
    reply = ErrorPages(lambda _request: HttpResponse()).process_exception(
        RequestFactory().get("/"), error
    )
    assert reply is not None
    assert reply.status_code == status
    assert str(error) in reply.content.decode()


def test_a_fault_of_ours_stays_one() -> None:
    pages = ErrorPages(lambda _request: HttpResponse())
    assert pages.process_exception(RequestFactory().get("/"), RuntimeError()) is None


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused(client: Client) -> None:
    from django.test import Client as StrictClient

    strict = StrictClient(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"username": "a", "password": "b"}).status_code == 403
    assert strict.post("/language/", {"language": "en"}).status_code == 403


@pytest.mark.django_db
def test_a_foreign_host_name_is_refused(client: Client) -> None:
    assert client.get("/sign-in/", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.django_db
def test_the_language_switch_leads_to_no_other_site(client: Client) -> None:
    form = {"language": "en", "next": "https://elsewhere.example/"}
    assert client.post("/language/", form).headers["Location"] == "/"

"""Sessions: bound to their holder, ended by time and by hand, worthless when forged or replayed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site
from django.test import Client
from tests.world import PASSWORD

from junheng.apps.accounts import account_services, events
from junheng.apps.accounts.models import SignedInSession
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from tests.world import World

POSTS = "/me/posts/"
LIST = "/me/sessions/"


def sign_in(name: str = "head", agent: str = "Firefox") -> Client:
    """Return a browser in which a person signed in."""
    client = Client(headers={"user-agent": agent})
    client.post("/sign-in/", {"username": name, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    """Whether the browser is signed in."""
    return client.get(POSTS).status_code == 200


def cookie(client: Client) -> str:
    """Return the session's cookie."""
    return str(client.cookies[site.SESSION_COOKIE_NAME].value)


def with_cookie(value: str) -> Client:
    """Return a browser that shows a cookie."""
    client = Client()
    client.cookies[site.SESSION_COOKIE_NAME] = value
    return client


def test_it_works(world: World) -> None:
    here, there = sign_in(), sign_in(agent="Edge")
    sign_in("officer")
    entries = here.get(LIST).context["entries"]
    assert [(row.agent, row.address, current) for _, row, current in entries] == [
        ("Firefox", "127.0.0.1", True),
        ("Edge", "127.0.0.1", False),
    ]
    assert cookie(there) not in here.get(LIST).content.decode()
    here.post("/me/sessions/end", {"session": entries[1][0]})
    assert (is_in(here), is_in(there)) == (True, False)


def test_signing_out_everywhere_else(world: World) -> None:
    here, there, officer = sign_in(), sign_in(), sign_in("officer")
    here.post("/me/sessions/end")
    assert [is_in(one) for one in (here, there, officer)] == [True, False, True]


def test_a_session_of_somebody_else_is_not_there(world: World) -> None:
    here, officer = sign_in(), sign_in("officer")
    ((name, _, _),) = officer.get(LIST).context["entries"]
    assert here.post("/me/sessions/end", {"session": name}).status_code == 404
    assert is_in(officer)


def test_somebody_else_ends_them_all(world: World) -> None:
    told: list[object] = []

    def keep(**of: object) -> None:
        told.append((of["user"], of["by"], of["n_sessions"]))

    events.sessions_revoked.connect(keep)
    browsers = [sign_in(), sign_in()]
    account_services.sessions_end(user=world.head, by=world.administrator.pk)
    events.sessions_revoked.disconnect(keep)
    assert not any(is_in(one) for one in browsers)
    assert told == [(world.head, world.administrator.pk, 2)]


@pytest.mark.parametrize(
    ("seen", "started", "is_kept"),
    [
        (timedelta(minutes=29), timedelta(hours=7), True),
        (timedelta(minutes=31), timedelta(hours=1), False),
        (timedelta(minutes=1), timedelta(hours=8, minutes=1), False),
    ],
)
def test_time_ends_a_session(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    seen: timedelta,
    started: timedelta,
    is_kept: bool,
) -> None:
    monkeypatch.setattr(site, "IDLE_MINUTES", 30)
    here, real = sign_in(), clock.now()
    SignedInSession.objects.update(seen_at=real + started - seen)
    monkeypatch.setattr(clock, "now", lambda: real + started)
    assert is_in(here) is is_kept
    assert SignedInSession.objects.filter(user=world.head).exists() is is_kept


def test_a_request_keeps_it_open_and_writes_once_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, real = sign_in(), clock.now()
    seen = []
    for later in (30, 90, 100):
        monkeypatch.setattr(clock, "now", lambda later=later: real + timedelta(seconds=later))
        assert is_in(here)
        seen.append(SignedInSession.objects.get(user=world.head).seen_at)
    assert seen[1] == seen[2] == real + timedelta(seconds=90)
    assert seen[0] != seen[1]


def test_a_forged_cookie_opens_nothing(world: World) -> None:
    real = cookie(sign_in())
    forged = real[:-1] + ("a" if real[-1] != "a" else "b")
    for value in (forged, "", "../../etc/passwd", "' OR 1=1 --", "x" * 5000, real.upper() + "x"):
        assert not is_in(with_cookie(value)), value
    assert is_in(with_cookie(real))


def test_a_cookie_of_before_signing_out_opens_nothing(world: World) -> None:
    here = sign_in()
    kept = cookie(here)
    here.post("/sign-out/")
    assert not is_in(with_cookie(kept))


def test_a_cookie_of_before_signing_in_does_not_become_a_session(world: World) -> None:
    planted = Client()
    planted.session.save()
    before = cookie(planted)
    planted.post("/sign-in/", {"username": "head", "password": PASSWORD})
    assert is_in(planted)
    assert not is_in(with_cookie(before))


def test_a_closed_account_is_out_at_once(world: World) -> None:
    here = sign_in()
    type(world.head).objects.filter(pk=world.head.pk).update(is_active=False)
    assert not is_in(here)


def test_a_session_that_does_not_know_its_beginning_ends(world: World) -> None:
    here = sign_in()
    session = here.session
    del session["started_at"]
    session.save()
    assert not is_in(here)


def test_sessions_that_are_over_are_removed(world: World) -> None:
    sign_in()
    SignedInSession.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    sign_in("officer")
    assert [row.user for row in SignedInSession.objects.all()] == [world.officer]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/me/password/", {"old_password": PASSWORD}),
        ("/me/sessions/end", {}),
        ("/me/factor/app/", {"code": "000000"}),
        ("/me/factor/codes/make/", {}),
        ("/accounts/act", {"account": "1", "act": "password"}),
        ("/sign-in/passkey/", {"credential": "{}"}),
        ("/sign-out/", {}),
    ],
)
def test_a_form_of_another_site_is_refused(world: World, path: str, form: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.head)
    assert strict.post(path, form).status_code == 403
    assert is_in(strict)


class TestThrottle:
    def tries(self, client: Client, name: str, password: str, n_tries: int) -> int:
        """Try several times; return how many sessions came of it."""
        for _ in range(n_tries):
            client.post("/sign-in/", {"username": name, "password": password})
        return int("_auth_user_id" in client.session)

    @pytest.mark.parametrize("name", ["head", "nobody"])
    def test_an_account_is_shut_after_five(self, client: Client, world: World, name: str) -> None:
        self.tries(client, name, "wrong", 5)
        reply = client.post("/sign-in/", {"username": name, "password": PASSWORD})
        assert reply.status_code == 200
        assert "wait" in str(reply.context["form"].non_field_errors()) or "五分钟" in str(
            reply.context["form"].non_field_errors()
        )
        assert "_auth_user_id" not in client.session

    def test_capitals_do_not_give_more_tries(self, client: Client, world: World) -> None:
        self.tries(client, "HEAD", "wrong", 3)
        self.tries(client, "head", "wrong", 2)
        assert self.tries(client, "Head", PASSWORD, 1) == 0

    def test_others_go_on(self, client: Client, world: World) -> None:
        self.tries(client, "head", "wrong", 6)
        assert self.tries(client, "officer", PASSWORD, 1) == 1

    def test_an_address_is_shut_after_many(self, client: Client, world: World) -> None:
        for number in range(site.TRIES_PER_ADDRESS):
            self.tries(client, f"nobody{number}", "wrong", 1)
        assert self.tries(client, "head", PASSWORD, 1) == 0
        elsewhere = Client(REMOTE_ADDR="192.0.2.7")
        assert self.tries(elsewhere, "head", PASSWORD, 1) == 1

    def test_signing_in_often_shuts_nobody_out(self, client: Client, world: World) -> None:
        for _ in range(7):
            client.post("/sign-out/")
            assert self.tries(client, "head", PASSWORD, 1) == 1

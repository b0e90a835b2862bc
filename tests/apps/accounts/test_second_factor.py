"""The second factor: asked of posts of bureau and administration, and before what matters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.apps.accounts.factors import code_of, next_code, set_up
from tests.world import PASSWORD

from junheng.apps.accounts import events, factors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings
    from tests.world import World

    from junheng.apps.accounts.models import User

SIGN_IN = "/sign-in/"
POSTS = "/me/posts/"


@pytest.fixture(autouse=True)
def _asked(settings: Settings) -> None:
    settings.SECOND_FACTOR_ASKED = True


def sign_in(client: Client, name: str) -> str:
    """Send name and password; return where this leads."""
    reply = client.post(SIGN_IN, {"username": name, "password": PASSWORD, "next": POSTS})
    return reply.headers["Location"]


@pytest.fixture
def secret(client: Client, world: World) -> str:
    """The secret of the officer, who set up an authenticator and signed out again."""
    sign_in(client, "officer")
    made = set_up(client)
    client.post("/sign-out/")
    return made


def test_it_works(client: Client, secret: str) -> None:
    assert sign_in(client, "officer") == "/sign-in/factor/"
    assert client.get(POSTS).status_code == 302
    reply = client.post("/sign-in/factor/", {"code": next_code(secret)})
    assert (reply.status_code, reply.headers["Location"]) == (302, POSTS)
    assert client.get(POSTS).status_code == 200


@pytest.mark.parametrize("name", ["officer", "director", "administrator"])
def test_bureau_and_administration_set_one_up_first(
    client: Client, world: World, name: str
) -> None:
    sign_in(client, name)
    for page in (POSTS, "/", "/data/"):
        assert client.get(page).headers["Location"] == "/me/factor/", page
    set_up(client)
    assert client.get(POSTS).status_code == 200


def test_a_post_without_need_is_not_asked(client: Client, world: World) -> None:
    assert not factors.needs_factor({"subject_teacher"})
    assert factors.needs_factor({"subject_teacher", "security_administrator"})


def test_a_wrong_code_opens_nothing(client: Client, secret: str) -> None:
    sign_in(client, "officer")
    wrong = f"{(int(next_code(secret)) + 1) % 10**6:06}"
    assert client.post("/sign-in/factor/", {"code": wrong}).status_code == 200
    assert client.get(POSTS).status_code == 302


def test_a_code_opens_once(client: Client, secret: str) -> None:
    code = next_code(secret)
    sign_in(client, "officer")
    client.post("/sign-in/factor/", {"code": code})
    other = Client()
    sign_in(other, "officer")
    for written in (code, f"{code[:3]} {code[3:]}"):
        assert other.post("/sign-in/factor/", {"code": written}).status_code == 200
    assert other.get(POSTS).status_code == 302


def test_an_old_code_opens_nothing(client: Client, secret: str) -> None:
    sign_in(client, "officer")
    old = code_of(secret, time.time() - 90)
    assert client.post("/sign-in/factor/", {"code": old}).status_code == 200


def test_guessing_codes_ends(client: Client, secret: str) -> None:
    sign_in(client, "officer")
    for guess in range(5):
        client.post("/sign-in/factor/", {"code": f"{guess:06}"})
    assert client.post("/sign-in/factor/", {"code": next_code(secret)}).status_code == 200


def test_a_recovery_code_opens_once(client: Client, world: World) -> None:
    sign_in(client, "officer")
    set_up(client)
    codes = client.get("/me/factor/codes/").context["unused_codes"]
    assert len(codes) == 10
    assert client.get("/me/factor/codes/").context["unused_codes"][0] == "****"
    for is_open in (True, False):
        other = Client()
        sign_in(other, "officer")
        other.post("/sign-in/factor/", {"code": codes[0]})
        assert (other.get(POSTS).status_code == 200) is is_open


def test_the_factor_needs_the_password_first(client: Client, secret: str) -> None:
    reply = client.post("/sign-in/factor/", {"code": next_code(secret)})
    assert reply.headers["Location"] == SIGN_IN
    assert client.get(POSTS).status_code == 302


def test_the_secret_lies_encrypted(client: Client, secret: str) -> None:
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert (
        Authenticator.objects.get(type=Authenticator.Type.TOTP)
        .wrap()
        .validate_code(next_code(secret))
    )


def test_the_last_factor_stays_where_posts_ask_for_one(client: Client, world: World) -> None:
    sign_in(client, "officer")
    set_up(client)
    reply = client.post("/me/factor/app/remove/")
    assert reply.status_code == 200
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_a_passkey_of_somebody_else_is_not_there(client: Client, world: World) -> None:
    theirs = Authenticator.objects.create(
        user=world.director, type=Authenticator.Type.WEBAUTHN, data={"name": "x"}
    )
    sign_in(client, "officer")
    set_up(client)
    assert client.post(f"/me/factor/passkey/{theirs.pk}/remove/").status_code == 404


def test_nonsense_for_a_passkey_is_refused(client: Client, world: World) -> None:
    for sent in ("", "{", "[]", '{"id": "AA"}', '{"response": {"userHandle": "MQ"}}'):
        reply = client.post("/sign-in/passkey/", {"credential": sent})
        assert reply.headers["Location"] == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_signing_up_and_mail_are_not_there(client: Client, world: World) -> None:
    for path in ("signup/", "accounts/signup/", "password/reset/", "email/", "accounts/login/"):
        assert client.get(f"/{path}").status_code == 404


class TestFresh:
    @pytest.fixture
    def officer(self, client: Client, world: World) -> User:
        sign_in(client, "officer")
        return world.officer

    def test_it_works(self, client: Client, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
        secret = set_up(client)
        request = client.get(POSTS).wsgi_request
        assert factors.is_fresh(request)
        factors.require(request)
        later = time.time() + 301
        monkeypatch.setattr("junheng.apps.accounts.factors.time.time", lambda: later)
        assert not factors.is_fresh(request)
        assert factors.to_factor(request).headers["Location"] == (
            "/me/factor/again/?next=%2Fme%2Fposts%2F"
        )
        monkeypatch.undo()
        reply = client.post("/me/factor/again/", {"code": next_code(secret), "next": POSTS})
        assert reply.headers["Location"] == POSTS
        assert factors.is_fresh(client.get(POSTS).wsgi_request)

    def test_confirming_leads_to_no_other_site(self, client: Client, officer: User) -> None:
        secret = set_up(client)
        form = {"code": next_code(secret), "next": "https://elsewhere.example/"}
        assert client.post("/me/factor/again/", form).headers["Location"] == "/"

    def test_a_form_leads_back_to_its_page_and_is_not_sent_again(
        self, client: Client, officer: User
    ) -> None:
        set_up(client)
        request = client.get(POSTS).wsgi_request
        request.method = "POST"
        for referer, back in (
            ("http://testserver/data/?a=1", "%2Fdata%2F%3Fa%3D1"),
            ("https://elsewhere.example/", "%2F"),
        ):
            request.META["HTTP_REFERER"] = referer
            request.__dict__.pop("headers", None)
            assert factors.to_factor(request).headers["Location"].endswith(f"?next={back}")

    def test_whoever_has_none_sets_one_up(self, client: Client, world: World) -> None:
        sign_in(client, "clerk")
        request = client.get(POSTS).wsgi_request
        assert factors.to_factor(request).headers["Location"] == "/me/factor/"


class TestEvents:
    @pytest.fixture
    def told(self) -> Iterator[list[tuple[object, ...]]]:
        kept: list[tuple[object, ...]] = []

        def changed(**of: object) -> None:
            kept.append((of["user"], of["factor"], of["change"]))

        def failed(**of: object) -> None:
            kept.append((of["user"], of["reason"]))

        events.factor_changed.connect(changed)
        events.sign_in_failed.connect(failed)
        yield kept
        events.factor_changed.disconnect(changed)
        events.sign_in_failed.disconnect(failed)

    @pytest.mark.django_db(transaction=True)
    def test_it_works(self, client: Client, told: list[tuple[object, ...]]) -> None:
        from tests.world import build

        world = build()
        sign_in(client, "officer")
        set_up(client)
        client.post("/sign-out/")
        sign_in(client, "officer")
        client.post("/sign-in/factor/", {"code": "000000"})
        assert told == [
            (world.officer, "totp", "added"),
            (world.officer, "recovery_codes", "added"),
            (world.officer, "factor"),
        ]

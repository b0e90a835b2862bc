"""Passwords: what is refused, how one is changed, and that a given one is good once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from tests.world import PASSWORD

from junheng.apps.accounts import account_services, events
from junheng.apps.accounts.hashers import Argon2PasswordHasher
from junheng.apps.accounts.models import User
from junheng.apps.accounts.passwords import is_strong, is_usual, one_time_password

if TYPE_CHECKING:
    from tests.world import World

NEW = "kelp anvil 37 rivers"
CHANGE = "/me/password/"


def change(client: Client, old: str, new: str = NEW, again: str = "") -> int:
    """Send the form; return the status."""
    form = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(CHANGE, form).status_code


def test_a_password_stored_at_another_cost_counts_and_is_stored_anew() -> None:
    ours = Argon2PasswordHasher()
    before = hashers.Argon2PasswordHasher()
    before.memory_cost, before.parallelism = 64, 2
    stored = before.encode(NEW, "a-salt-of-many-letters-and-more")
    assert ours.verify(NEW, stored)
    assert not ours.verify(NEW + "!", stored)
    assert ours.must_update(stored)
    anew = ours.encode(NEW, ours.salt())
    assert anew.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert ours.verify(NEW, anew)
    assert not ours.must_update(anew)


@pytest.mark.parametrize(
    "password",
    [
        "Short-7",
        "elevenchars",
        "Woaini@1314",
        "Admin@123456",
        "P@ssw0rd2026",
        "Xuexiao123456",
        "Qwertyuiop123",
        "1qaz2wsx3edc",
        "wang19880808",
        "jiaoyuju2026!",
        "202609012026",
        "!!!!!!!!!!!!",
        "head-of-head",
        "password1234",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="head-of-head", display_name="校长"))


@pytest.mark.parametrize("password", [NEW, "Xy7-Kq9w", "山高月小水落石出清风徐来水波", PASSWORD])
def test_what_is_good_is_taken(password: str) -> None:
    validate_password(password, User(username="head", display_name="校长"))


def test_given_passwords_are_good_and_differ() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(is_strong(one) and not is_usual(one) and len(one) == 19 for one in made)
    assert not set("".join(made)) & set("0O1lI")


def test_it_works(client: Client, world: World) -> None:
    client.post("/sign-in/", {"username": "head", "password": PASSWORD})
    assert change(client, PASSWORD) == 302
    assert client.get("/me/posts/").status_code == 200
    world.head.refresh_from_db()
    assert world.head.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", NEW, ""),
        (PASSWORD, PASSWORD, ""),
        (PASSWORD, "admin2026!!!", ""),
        (PASSWORD, NEW, "kelp anvil 38 rivers"),
    ],
)
def test_nothing_changes(client: Client, world: World, old: str, new: str, again: str) -> None:
    client.post("/sign-in/", {"username": "head", "password": PASSWORD})
    assert change(client, old, new, again) == 200
    world.head.refresh_from_db()
    assert world.head.check_password(PASSWORD)


def test_guessing_the_old_password_ends(client: Client, world: World) -> None:
    client.post("/sign-in/", {"username": "head", "password": PASSWORD})
    for _ in range(5):
        change(client, "wrong")
    assert change(client, PASSWORD) == 200


def test_a_change_ends_every_other_session(client: Client, world: World) -> None:
    other = Client()
    for one in (client, other):
        one.post("/sign-in/", {"username": "head", "password": PASSWORD})
    change(client, PASSWORD)
    assert client.get("/me/posts/").status_code == 200
    assert other.get("/me/posts/").status_code == 302


def test_a_given_password_leads_to_another_first(client: Client, world: World) -> None:
    given = account_services.password_renew(user=world.head, by=world.officer.pk)
    assert client.post("/sign-in/", {"username": "head", "password": PASSWORD}).status_code == 200
    client.post("/sign-in/", {"username": "head", "password": given})
    for page in ("/", "/me/posts/", "/me/sessions/", "/me/factor/", "/data/"):
        assert client.get(page).headers["Location"] == CHANGE, page
    assert client.post("/me/posts/choose", {"post": ""}).headers["Location"] == CHANGE
    assert change(client, given) == 302
    assert client.get("/me/posts/").status_code == 200


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal work: each try hashes once, whether there is such an account or not."""
    hashed: list[str] = []

    def counted(password: str | None, *args: str, **kwargs: str) -> str:
        hashed.append("made")
        return make_password(password, *args, **kwargs)

    def refused(*_args: object, **_kwargs: object) -> bool:
        hashed.append("checked")
        return False

    monkeypatch.setattr("django.contrib.auth.base_user.make_password", counted)
    monkeypatch.setattr("django.contrib.auth.base_user.check_password", refused)
    User.objects.create_user("empty", display_name="empty")
    hashed.clear()
    for name in ("nobody", "head", "nobody at all"):
        client.post("/sign-in/", {"username": name, "password": "wrong"})
    assert hashed == ["made", "checked", "made"]


def test_a_given_password_is_told_without_itself(world: World) -> None:
    told: list[dict[str, object]] = []

    def keep(**of: object) -> None:
        told.append(of)

    events.password_changed.connect(keep)
    given = account_services.password_renew(user=world.head, by=world.officer.pk)
    events.password_changed.disconnect(keep)
    (event,) = told
    assert (event["user"], event["by"], event["is_one_time"]) == (
        world.head,
        world.officer.pk,
        True,
    )
    assert given not in str(event)

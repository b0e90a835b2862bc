"""Tokens of connected systems: made by the IT office, opening what is named and no more."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from tests.apps.balance.tables import publish
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, post_revoke, reader_on, user_create
from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.hub import tokens
from junheng.apps.hub.models import ApiToken
from junheng.apps.hub.tokenrules import token_rules
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world import World

    from junheng.apps.accounts.models import User

API = "/api/v1/"
PAGE = "/it/api/"


@pytest.fixture
def keeper(world: World) -> User:
    """The IT officer of the bureau."""
    user = user_create(username="it_officer", display_name="it_officer")
    post_give(user=user, role=Role.IT_OFFICER, bureau_id=world.bureau.pk, valid_from=SINCE)
    return user


def made(
    world: World, keeper: User, kinds: Sequence[str] = ("figures",), days: int = 3
) -> tokens.Made:
    """Make a token in the name of the IT officer."""
    return made_at(world.bureau.pk, keeper, kinds, days)


def made_at(bureau_id: int, by: User, kinds: Sequence[str], days: int) -> tokens.Made:
    """Make a token of a bureau, as its page does."""
    reader = reader_on(by, clock.today())
    with within(reader.scope):
        return tokens.token_make(
            reader,
            bureau_id=bureau_id,
            name="statistics",
            kinds=kinds,
            days=days,
            now=clock.now(),
        )


def asked(secret: str, path: str) -> Any:
    """Return the reply to a program that sends a token and has no session."""
    return Client().get(API + path, headers={"authorization": f"Bearer {secret}"})


def test_it_works(world: World, keeper: User) -> None:
    assessment = publish(world)
    secret = made(world, keeper).secret
    assert len(asked(secret, "assessments").json()["assessments"]) == 1
    assert len(asked(secret, f"assessments/{assessment.pk}/units").json()["units"]) == 4
    with everything(reason="test"):
        token = ApiToken.objects.get()
    assert token.used_at is not None
    assert secret not in vars(token).values()


def test_a_token_opens_what_is_named_on_it(world: World, keeper: User) -> None:
    assessment = publish(world)
    secret = made(world, keeper, kinds=["premises"]).secret
    assert asked(secret, "assessments").json() == {"assessments": []}
    assert asked(secret, f"assessments/{assessment.pk}/units").status_code == 404


def test_a_token_opens_its_own_bureau_alone(world: World, keeper: User) -> None:
    assessment = publish(world)
    other = user_create(username="abroad", display_name="abroad")
    post_give(user=other, role=Role.IT_OFFICER, bureau_id=world.other_bureau.pk, valid_from=SINCE)
    secret = made_at(world.other_bureau.pk, other, ["figures"], 1).secret
    assert asked(secret, f"assessments/{assessment.pk}").status_code == 404


def test_a_token_opens_no_page(world: World, keeper: User) -> None:
    secret = made(world, keeper).secret
    reply = Client().get("/balance/", headers={"authorization": f"Bearer {secret}"})
    assert reply.status_code == 302


def test_ended_and_revoked_tokens_open_nothing(world: World, keeper: User) -> None:
    first, second = made(world, keeper), made(world, keeper, days=1)
    reader = reader_on(keeper, clock.today())
    with everything(reason="test"):
        tokens.token_revoke(reader, first.token, now=clock.now())
    assert asked(first.secret, "datasets").status_code == 401
    assert asked(second.secret, "datasets").status_code == 200
    later = clock.now() + timedelta(days=2)
    assert tokens.token_used(second.secret, now=later) is None
    assert asked("junheng_unknown", "datasets").status_code == 401


def test_a_revoked_post_takes_the_token_with_it(world: World, keeper: User) -> None:
    publish(world)
    token = made(world, keeper)
    security = user_create(username="security", display_name="security")
    post_give(
        user=security,
        role=Role.SECURITY_ADMINISTRATOR,
        bureau_id=world.bureau.pk,
        valid_from=SINCE,
    )
    with everything(reason="test"):
        post = token.token.account.posts.get()
        post_revoke(post=post, by=reader_on(security, clock.today()))
    assert asked(token.secret, "assessments").json() == {"assessments": []}


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": ["pupils"]}, {"kinds": []}, {"days": 0}, {"days": token_rules().most_days + 1}],
)
def test_what_no_token_may_be(world: World, keeper: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        made(world, keeper, **wrong)


def test_only_the_it_office_of_the_bureau_makes_one(world: World, keeper: User) -> None:
    for user, bureau in ((world.officer, world.bureau), (keeper, world.other_bureau)):
        with pytest.raises(NotAllowed):
            made_at(bureau.pk, user, ["figures"], 1)


def test_the_page_shows_a_token_once(client: Client, world: World, keeper: User) -> None:
    client.force_login(keeper)
    reply = client.post(PAGE, {"name": "statistics", "kinds": ["figures"], "days": "30"})
    assert reply.status_code == 200
    (secret,) = re.findall(r"junheng_[\w-]{40,}", reply.text)
    assert asked(secret, "datasets").status_code == 200
    page = client.get(PAGE)
    assert secret not in page.text
    assert "statistics" in page.text
    with everything(reason="test"):
        token = ApiToken.objects.get()
    assert client.post(f"{PAGE}{token.pk}/revoke").status_code == 302
    assert asked(secret, "datasets").status_code == 401
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"token_made", "token_revoked", "post_given", "post_ended"} <= acts


def test_a_faulty_form_makes_nothing(client: Client, world: World, keeper: User) -> None:
    client.force_login(keeper)
    reply = client.post(PAGE, {"name": "x", "kinds": ["figures"], "days": "9999"})
    assert reply.status_code == 422
    with everything(reason="test"):
        assert not ApiToken.objects.exists()


def test_the_reference_lists_every_operation(client: Client, world: World) -> None:
    client.force_login(world.head)
    page = client.get(f"{PAGE}reference/")
    # An address may break at every slash.
    listed = page.text.replace("<wbr>", "")
    assert "/api/v1/assessments/{assessment_id}/units" in listed

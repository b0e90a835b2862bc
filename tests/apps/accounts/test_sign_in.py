"""Signing in and out, the demo's one click, the language, the post one acts in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from tests.apps.accounts.school_people import settle
from tests.world import PASSWORD, SINCE

from junheng.apps.accounts.api import DEMO_ROLES, Role, demo_people_ensure, post_give
from junheng.apps.accounts.models import User

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from tests.world import World

SIGN_IN = "/sign-in/"


def test_it_works(client: Client, world: World) -> None:
    reply = client.post(SIGN_IN, {"username": "head", "password": PASSWORD, "next": "/me/posts/"})
    assert (reply.status_code, reply.headers["Location"]) == (302, "/me/posts/")
    page = client.get("/me/posts/").content.decode()
    assert "样例第一小学" in page
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/me/posts/").headers["Location"] == f"{SIGN_IN}?next=/me/posts/"


def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(
    client: Client, world: World
) -> None:
    tries = [("head", "wrong"), ("nobody", PASSWORD)]
    replies = [client.post(SIGN_IN, {"username": u, "password": p}) for u, p in tries]
    errors = {str(reply.context["form"].non_field_errors()) for reply in replies}
    assert [reply.status_code for reply in replies] == [200, 200]
    assert len(errors) == 1
    assert errors != {""}
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_refused(client: Client, world: World) -> None:
    User.objects.filter(pk=world.head.pk).update(is_active=False)
    assert client.post(SIGN_IN, {"username": "head", "password": PASSWORD}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_whoever_has_no_password_cannot_sign_in(client: Client, world: World) -> None:
    User.objects.create_user("empty", display_name="empty")
    for password in ("", "None", "!"):
        client.post(SIGN_IN, {"username": "empty", "password": password})
        assert "_auth_user_id" not in client.session


def test_signing_in_leads_to_no_other_site(client: Client, world: World) -> None:
    form = {"username": "head", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post(SIGN_IN, form).headers["Location"] == "/"


def test_signing_in_changes_the_session_key(client: Client, world: World) -> None:
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key
    client.post(SIGN_IN, {"username": "head", "password": PASSWORD})
    assert client.session.session_key != before


def test_signing_out_needs_a_form(client: Client, world: World) -> None:
    client.force_login(world.head)
    assert client.get("/sign-out/").status_code == 405


def test_passwords_are_kept_under_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]
    assert make_password("a-long-enough-password").startswith("argon2$argon2id$")


class TestDemo:
    @pytest.fixture(autouse=True)
    def _demo(self, world: World, settings: Settings) -> None:
        settings.IS_DEMO = True
        people = settle(world)
        self.where: dict[str, Any] = {
            "bureau_id": world.bureau.pk,
            "school_id": world.primary.pk,
            "school_class_id": people.classes[0].pk,
            "pupil_id": people.pupils[0].pk,
        }
        demo_people_ensure(day=SINCE, **self.where)

    @pytest.mark.parametrize("role", DEMO_ROLES)
    def test_it_works(self, client: Client, world: World, role: Role) -> None:
        reply = client.post(reverse("demo_sign_in", args=[role]), {"next": "/me/posts/"})
        assert reply.headers["Location"] == "/me/posts/"
        assert client.get("/me/posts/").context["reader"].roles == {role}

    def test_the_page_offers_every_role(self, client: Client) -> None:
        offered = client.get(SIGN_IN).context["demo_roles"]
        assert {role.key for role in offered} == set(DEMO_ROLES)
        assert all(role.label and role.description for role in offered)

    def test_making_the_people_twice_makes_them_once(self, world: World) -> None:
        again = demo_people_ensure(day=SINCE, **self.where)
        assert len(again) == len(DEMO_ROLES)
        assert User.objects.filter(username__startswith="demo_").count() == len(DEMO_ROLES)

    def test_an_unknown_role_is_not_there(self, client: Client) -> None:
        assert client.post("/demo/sign-in/mayor").status_code == 404

    def test_one_click_leads_to_no_other_site(self, client: Client) -> None:
        reply = client.post("/demo/sign-in/head", {"next": "//elsewhere.example/"})
        assert reply.headers["Location"] == "/"

    def test_one_click_needs_a_form(self, client: Client) -> None:
        assert client.get("/demo/sign-in/head").status_code == 405

    @pytest.mark.parametrize(
        "place",
        [
            {"REMOTE_ADDR": "192.0.2.7"},
            {"REMOTE_ADDR": "::ffff:192.0.2.7"},
            {"REMOTE_ADDR": "not an address"},
            {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        ],
    )
    def test_a_request_from_elsewhere_is_refused(self, place: dict[str, Any]) -> None:
        assert Client(**place).get(SIGN_IN).status_code == 403


def test_outside_demo_mode_there_is_no_such_address(client: Client, world: World) -> None:
    demo_people_ensure(bureau_id=world.bureau.pk, school_id=world.primary.pk, day=SINCE)
    assert client.post("/demo/sign-in/head").status_code == 404
    assert client.get(SIGN_IN).context["demo_roles"] == []


@pytest.mark.django_db
def test_no_person_of_a_real_bureau_is_offered(client: Client, settings: Settings) -> None:
    from junheng.apps.registry.api import bureau_ensure

    settings.IS_DEMO = True
    bureau = bureau_ensure(code="530199", name_zh="真", is_simulated=False)
    user = User.objects.create_user("real", display_name="real")
    post_give(user=user, role=Role.BUREAU_LEADER, bureau_id=bureau.pk, valid_from=SINCE)
    assert client.post("/demo/sign-in/bureau_leader").status_code == 404


class TestLanguage:
    def test_chinese_comes_first_whatever_the_browser_prefers(
        self, client: Client, world: World
    ) -> None:
        page = client.get(SIGN_IN, headers={"accept-language": "en"})
        assert page.headers["Content-Language"] == "zh-hans"

    def test_it_works(self, client: Client, world: World) -> None:
        client.force_login(world.head)
        client.post("/language/", {"language": "en", "next": "/me/posts/"})
        assert client.get("/me/posts/").headers["Content-Language"] == "en"
        world.head.refresh_from_db()
        assert world.head.language == "en"

    def test_it_comes_back_with_the_next_sign_in(self, client: Client, world: World) -> None:
        User.objects.filter(pk=world.head.pk).update(language="en")
        client.post(SIGN_IN, {"username": "head", "password": PASSWORD})
        assert client.get("/me/posts/").headers["Content-Language"] == "en"

    def test_an_unknown_language_changes_nothing(self, client: Client, world: World) -> None:
        client.force_login(world.head)
        client.post("/language/", {"language": "xx"})
        assert client.get("/me/posts/").headers["Content-Language"] == "zh-hans"


class TestChosenPost:
    @pytest.fixture
    def second(self, world: World) -> int:
        return post_give(
            user=world.head, role=Role.HEAD, school_id=world.nine_year.pk, valid_from=SINCE
        ).pk

    def test_it_works(self, client: Client, world: World, second: int) -> None:
        client.force_login(world.head)
        reader = client.get("/me/posts/").context["reader"]
        assert reader.scope.schools == {world.primary.pk, world.nine_year.pk}
        client.post("/me/posts/choose", {"post": second})
        reader = client.get("/me/posts/").context["reader"]
        assert reader.scope.schools == {world.nine_year.pk}
        client.post("/me/posts/choose", {"post": ""})
        reader = client.get("/me/posts/").context["reader"]
        assert len(reader.posts) == 2

    def test_a_post_of_somebody_else_is_not_there(
        self, client: Client, world: World, second: int
    ) -> None:
        client.force_login(world.other_head)
        assert client.post("/me/posts/choose", {"post": second}).status_code == 404

    def test_a_chosen_post_that_ended_gives_nothing(self, world: World, second: int) -> None:
        from junheng.apps.accounts.models import Post
        from junheng.apps.accounts.selectors import reader_on

        Post.objects.filter(pk=second).update(valid_to=date(2025, 10, 14))
        reader = reader_on(world.head, date(2025, 10, 15), acting_in=second)
        assert reader.scope.schools == {world.primary.pk}

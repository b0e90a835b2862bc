"""Accounts from a table: all or none, in the name of whoever appoints, with passwords for once."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from tests.world import PASSWORD, SINCE

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.accounts.models import Post, User
from junheng.errors import DataError, NotFound

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from tests.world import World

HEADERS = "用户名,姓名,任职身份,学校标识码,任职起始日期\n"
ADD = "/accounts/add/"
SCHOOL = "2153000001"


def holder(world: World, role: Role) -> Client:
    """Return the browser of somebody who holds a role at the bureau."""
    user = user_create(username=f"the_{role.value}", display_name="x", password=PASSWORD)
    post_give(user=user, role=role, bureau_id=world.bureau.pk, valid_from=SINCE)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def it_officer(world: World) -> Client:
    return holder(world, Role.IT_OFFICER)


@pytest.fixture
def keeper(world: World) -> Client:
    """The security administrator's browser."""
    return holder(world, Role.SECURITY_ADMINISTRATOR)


def send(client: Client, rows: str, headers: str = HEADERS, name: str = "new.csv") -> Any:
    """Send a table; return the reply."""
    file = SimpleUploadedFile(name, (headers + rows).encode())
    return client.post(ADD, {"file": file})


def n_accounts() -> int:
    return User.objects.count()


class TestAdd:
    def test_it_works(self, it_officer: Client, world: World) -> None:
        rows = f"wang_h,王某,校长,{SCHOOL},2026-09-01\nli_p,李某,planning_officer,,\n"
        reply = send(it_officer, rows)
        slips = reply.context["slips"]
        assert [slip.username for slip in slips] == ["wang_h", "li_p"]
        head = Post.objects.get(user__username="wang_h")
        assert (head.role, head.school, str(head.valid_from)) == (
            Role.HEAD,
            world.primary,
            "2026-09-01",
        )
        assert Post.objects.get(user__username="li_p").bureau == world.bureau
        stranger = Client()
        stranger.post("/sign-in/", {"username": "wang_h", "password": slips[0].password})
        assert stranger.get("/").headers["Location"] == "/me/password/"
        assert "no-store" in reply.headers["Cache-Control"]

    def test_two_posts_of_one_person_are_one_account(
        self, it_officer: Client, world: World
    ) -> None:
        rows = f"wang_h,王某,校长,{SCHOOL},\nwang_h,王某,学校数据员,{SCHOOL},\n"
        label = Role.SCHOOL_CLERK.rule.name.zh
        reply = send(it_officer, rows.replace("学校数据员", label))
        assert len(reply.context["slips"]) == 1
        assert Post.objects.filter(user__username="wang_h").count() == 2

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            ("", "表头"),
            ("wang_h,王某,市长,,\n", "市长"),
            ("wang_h,王某,校长,2153000009,\n", "2153000009"),
            ("wang_h,王某,校长,9999999999,\n", "9999999999"),
            (f"wang_h,王某,校长,{SCHOOL},9月1日\n", "9月1日"),
            (f"head,王某,校长,{SCHOOL},\n", "head"),
            (f"HEAD,王某,校长,{SCHOOL},\n", "HEAD"),
            (f"a b,王某,校长,{SCHOOL},\n", "2"),
            (f"wang_h,,校长,{SCHOOL},\n", "2"),
            (f"wang_h,王某,校长,{SCHOOL},\nwang_h,李某,校长,{SCHOOL},\n", "3"),
            ("wang_h,王某,security_administrator,,\n", "2"),
        ],
    )
    def test_a_fault_makes_nothing(
        self, it_officer: Client, world: World, rows: str, told: str
    ) -> None:
        before = n_accounts()
        good = f"good,好人,校长,{SCHOOL},\n" if rows else ""
        reply = send(it_officer, rows + good)
        assert reply.status_code == 400
        assert told in "".join(reply.context["faults"])
        assert n_accounts() == before

    def test_every_fault_is_told_at_once(self, it_officer: Client, world: World) -> None:
        reply = send(it_officer, "a,甲,市长,,\nb,乙,校长,,明天\n")
        assert len(reply.context["faults"]) == 2

    @pytest.mark.parametrize(
        ("headers", "name"), [("用户名,姓名\n", "x.csv"), (HEADERS, "x.exe"), ("\x00\n", "x.xlsx")]
    )
    def test_another_file_is_refused(
        self, it_officer: Client, world: World, headers: str, name: str
    ) -> None:
        assert send(it_officer, "a,b\n", headers, name).status_code == 400

    def test_whoever_appoints_nobody_is_refused(self, client: Client, world: World) -> None:
        client.force_login(world.director)
        assert client.get(ADD).status_code == 403

    def test_a_head_appoints_at_the_own_school_alone(self, client: Client, world: World) -> None:
        client.force_login(world.head)
        for school, status in ((SCHOOL, 200), (world.nine_year.identifier, 400)):
            reply = send(client, f"doctor_{school},某某,school_doctor,{school},\n")
            assert reply.status_code == status

    def test_a_factor_comes_first(
        self, it_officer: Client, world: World, settings: Settings
    ) -> None:
        settings.SECOND_FACTOR_ASKED = True
        before = n_accounts()
        assert send(it_officer, f"w,王,校长,{SCHOOL},\n").headers["Location"] == "/me/factor/"
        assert n_accounts() == before


class TestKeep:
    def act(self, client: Client, user: User, act: str) -> Any:
        """Do something to an account; return the reply."""
        return client.post("/accounts/act", {"account": user.pk, "act": act})

    def test_it_works(self, keeper: Client, world: World) -> None:
        page = keeper.get("/accounts/").context["page"]
        names = {person.username for person in page}
        assert {"head", "clerk", "officer"} <= names
        assert names.isdisjoint({"outsider", "the_security_administrator"})
        found = keeper.get("/accounts/", {"name": "other_h"}).context["page"]
        assert [person.username for person in found] == ["other_head"]

    def test_signing_out(self, keeper: Client, client: Client, world: World) -> None:
        client.force_login(world.head)
        self.act(keeper, world.head, "sessions")
        assert client.get("/me/posts/").status_code == 302

    def test_a_lost_factor(self, keeper: Client, world: World) -> None:
        for kind in ("totp", "recovery_codes"):
            Authenticator.objects.create(user=world.officer, type=kind, data={})
        self.act(keeper, world.officer, "factor")
        assert not Authenticator.objects.filter(user=world.officer).exists()

    def test_a_password_for_once(self, keeper: Client, world: World) -> None:
        (slip,) = self.act(keeper, world.head, "password").context["slips"]
        world.head.refresh_from_db()
        assert world.head.check_password(slip.password)
        assert world.head.must_change_password

    @pytest.mark.parametrize("act", ["sessions", "factor", "password"])
    def test_people_of_other_bureaus_are_not_there(
        self, keeper: Client, world: World, act: str
    ) -> None:
        assert self.act(keeper, world.outsider, act).status_code == 404

    @pytest.mark.parametrize("name", ["director", "officer", "administrator", "head"])
    def test_nobody_else_keeps_accounts(self, client: Client, world: World, name: str) -> None:
        client.force_login(getattr(world, name))
        assert client.get("/accounts/").status_code == 403
        assert self.act(client, world.clerk, "password").status_code == 403


class TestFirst:
    def test_it_works(self, client: Client, world: World) -> None:
        out = StringIO()
        call_command("first_account", "530102", "li_xf", "李某", stdout=out)
        password = out.getvalue().strip().rpartition("：")[2]
        client.post("/sign-in/", {"username": "li_xf", "password": password})
        assert client.get("/accounts/").headers["Location"] == "/me/password/"
        post = Post.objects.get(user__username="li_xf")
        assert (post.role, post.bureau) == (Role.SECURITY_ADMINISTRATOR, world.bureau)

    def test_there_is_no_second_first(self, world: World) -> None:
        call_command("first_account", "530102", "one", "甲", stdout=StringIO())
        with pytest.raises(DataError, match="already"):
            call_command("first_account", "530102", "two", "乙", stdout=StringIO())
        assert not User.objects.filter(username="two").exists()

    def test_an_unknown_bureau_is_refused(self, world: World) -> None:
        with pytest.raises(NotFound, match="999999"):
            call_command("first_account", "999999", "one", "甲")

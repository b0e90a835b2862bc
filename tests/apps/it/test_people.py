"""The pages of people and posts: who sees which, appoints, ends and revokes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from tests.apps.accounts.school_people import SchoolPeople, settle
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.accounts.models import Post, User
from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.scoping import everything
from junheng.apps.groups.api import GroupKind, grouping_create
from junheng.apps.registry.api import ClassYear, school_year_on

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

PEOPLE = "/it/people/"


def keeper(world: World, role: Role, name: str = "") -> User:
    user = user_create(username=name or role.value, display_name=name or role.value)
    post_give(user=user, role=role, bureau_id=world.bureau.pk, valid_from=SINCE)
    return user


def shown(reply: Any) -> set[str]:
    return {row.account for row in reply.context["shown"].rows}


@pytest.fixture
def people(world: World) -> SchoolPeople:
    made = settle(world)
    with everything(reason="test"):
        year = school_year_on(clock.today())
        ClassYear.objects.update(school_year=year)
    return made


def test_the_it_section_sees_the_bureau_and_nobody_else(client: Client, world: World) -> None:
    client.force_login(keeper(world, Role.IT_OFFICER))
    reply = client.get(PEOPLE)
    everybody = {"director", "officer", "administrator", "clerk", "head", "other_head"}
    assert shown(reply) == everybody | {"it_officer"}
    assert "outsider" not in reply.content.decode()
    assert shown(client.get(PEOPLE, {"name": "ead"})) == {"head", "other_head"}
    assert shown(client.get(PEOPLE, {"school": world.primary.pk})) == {"clerk", "head"}
    assert shown(client.get(PEOPLE, {"day": "2020-08-31"})) == set()


def test_a_head_sees_the_own_school(client: Client, world: World) -> None:
    client.force_login(world.head)
    assert shown(client.get(PEOPLE)) == {"clerk", "head"}


@pytest.mark.parametrize("name", ["officer", "administrator"])
def test_others_are_refused(client: Client, world: World, name: str) -> None:
    client.force_login(getattr(world, name))
    assert client.get(PEOPLE).status_code == 403
    assert client.get("/it/people/appoint/").status_code == 403
    assert client.get("/it/people/appoint/head/").status_code == 403


def test_a_head_appoints_a_class_teacher(
    client: Client, world: World, people: SchoolPeople
) -> None:
    user_create(username="newcomer", display_name="新教师")
    client.force_login(world.head)
    page = "/it/people/appoint/class_teacher/"
    found = client.get(page, {"search": "newcomer"})
    assert [one.username for one in found.context["found"]] == ["newcomer"]
    own = people.classes[0]
    newcomer = User.objects.get(username="newcomer")
    form = {
        "search": "newcomer",
        "person": newcomer.pk,
        "place": f"class:{own.pk}",
        "valid_from": "2025-09-01",
    }
    assert client.post(page, form).headers["Location"] == PEOPLE
    post = Post.objects.get(user=newcomer)
    assert (post.role, post.school_class, post.school) == ("class_teacher", own, world.primary)
    assert reader_on(newcomer, clock.today()).scope.pupils == {people.pupils[0].pk}
    (given,) = journal.history(post)
    assert given.who == world.head
    entry = AuditEntry.objects.get(act="post_given")
    assert (entry.user_id, entry.keys) == (world.head.pk, f'["{post.pk}"]')
    again = client.post(page, form)
    assert again.status_code == 422
    assert again.context["form"].non_field_errors()


def test_a_head_appoints_within_the_own_school_alone(
    client: Client, world: World, people: SchoolPeople
) -> None:
    client.force_login(world.head)
    form = {"search": "clerk", "person": world.clerk.pk, "valid_from": "2025-09-01"}
    foreign = {"place": f"class:{people.classes[3].pk}"}
    assert client.post("/it/people/appoint/class_teacher/", form | foreign).status_code == 422
    assert client.get("/it/people/appoint/personnel_officer/").status_code == 403
    assert client.get("/it/people/appoint/mayor/").status_code == 404
    assert not Post.objects.filter(user=world.clerk, role="class_teacher").exists()


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        ("subject_teacher", {"place": "class", "subject": "14"}),
        ("grade_leader", {"place": "school", "grade": "1"}),
        ("guardian", {"pupil": "p0"}),
    ],
)
def test_each_kind_of_place_has_its_fields(
    client: Client, world: World, people: SchoolPeople, role: str, fields: dict[str, str]
) -> None:
    client.force_login(world.head)
    keys = {"class": people.classes[0].pk, "school": world.primary.pk}
    if "place" in fields:
        fields = fields | {"place": f"{fields['place']}:{keys[fields['place']]}"}
    user = user_create(username="chosen", display_name="chosen")
    form = {"search": "chosen", "person": user.pk, "valid_from": "2025-09-01", **fields}
    assert client.post(f"/it/people/appoint/{role}/", form).status_code == 302
    assert reader_on(user, clock.today()).scope.pupils


def test_a_pupil_of_another_school_is_not_there(
    client: Client, world: World, people: SchoolPeople
) -> None:
    client.force_login(world.head)
    user = user_create(username="chosen", display_name="chosen")
    form = {"search": "chosen", "person": user.pk, "valid_from": "2025-09-01", "pupil": "p3"}
    assert client.post("/it/people/appoint/guardian/", form).status_code == 422


def test_the_it_section_appoints_heads_of_schools_and_groups(client: Client, world: World) -> None:
    with everything(reason="test"):
        group = grouping_create(bureau_id=world.bureau.pk, kind=GroupKind.CLUSTER, name="集团")
    client.force_login(keeper(world, Role.IT_OFFICER))
    form = {"search": "clerk", "person": world.clerk.pk, "valid_from": "2025-09-01"}
    for place in (f"group:{group.pk}", f"school:{world.nine_year.pk}"):
        assert client.post("/it/people/appoint/head/", form | {"place": place}).status_code == 302
    foreign = f"school:{world.elsewhere.pk}"
    assert client.post("/it/people/appoint/head/", form | {"place": foreign}).status_code == 422


def test_nobody_appoints_to_administrators_but_the_security_administrator(
    client: Client, world: World
) -> None:
    page = "/it/people/appoint/audit_administrator/"
    client.force_login(keeper(world, Role.IT_OFFICER))
    assert client.get(page).status_code == 403
    client.force_login(keeper(world, Role.SECURITY_ADMINISTRATOR))
    form = {
        "search": "administrator",
        "person": world.administrator.pk,
        "place": f"bureau:{world.bureau.pk}",
        "valid_from": "2025-09-01",
    }
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors()
    clerk = form | {"search": "clerk", "person": world.clerk.pk}
    assert client.post(page, clerk).status_code == 302
    assert client.get("/it/people/appoint/security_administrator/").status_code == 403


def test_nobody_appoints_themselves(client: Client, world: World) -> None:
    client.force_login(keeper(world, Role.IT_OFFICER))
    reply = client.get("/it/people/appoint/head/", {"search": "it_officer"})
    assert reply.context["found"] == []


def test_strangers_are_found_by_their_exact_account_alone(client: Client, world: World) -> None:
    user_create(username="stranger-1", display_name="陌生人")
    client.force_login(keeper(world, Role.IT_OFFICER))
    page = "/it/people/appoint/head/"
    for text in ("陌生", "stranger", "outsider-"):
        assert client.get(page, {"search": text}).context["found"] == []
    (found,) = client.get(page, {"search": "stranger-1"}).context["found"]
    assert found.username == "stranger-1"


def test_a_post_is_ended_by_who_appoints_to_it(client: Client, world: World) -> None:
    post = Post.objects.get(user=world.head)
    client.force_login(keeper(world, Role.IT_OFFICER))
    yesterday = clock.today() - timedelta(days=1)
    for text in ("", "soon", "2020-08-31"):
        assert client.post(reverse("it:end", args=[post.pk]), {"last_day": text}).status_code == 400
    client.post(reverse("it:end", args=[post.pk]), {"last_day": yesterday.isoformat()})
    post.refresh_from_db()
    assert post.valid_to == yesterday
    assert not reader_on(world.head, clock.today()).posts


def test_a_revoked_post_is_gone_with_the_next_request(client: Client, world: World) -> None:
    post = Post.objects.get(user=world.head)
    other = type(client)()
    other.force_login(world.head)
    assert other.get(PEOPLE).status_code == 200
    client.force_login(keeper(world, Role.SECURITY_ADMINISTRATOR))
    assert client.post(reverse("it:revoke", args=[post.pk])).status_code == 302
    assert other.get(PEOPLE).status_code == 403
    assert client.post(reverse("it:revoke", args=[post.pk])).status_code == 404


def test_a_guardian_stands_there_with_the_number_of_the_child(
    client: Client, world: World, people: SchoolPeople
) -> None:
    user = user_create(username="guardian", display_name="guardian")
    post_give(user=user, role=Role.GUARDIAN, pupil_id=people.pupils[0].pk, valid_from=SINCE)
    for reader in (world.head, keeper(world, Role.IT_OFFICER)):
        client.force_login(reader)
        page = client.get(PEOPLE)
        assert "guardian" in shown(page)
        assert "学生 p0" in page.content.decode()
        assert people.pupils[0].person.name not in page.content.decode()
    client.force_login(world.other_head)
    assert "guardian" not in shown(client.get(PEOPLE))


def test_posts_of_others_are_neither_ended_nor_revoked(client: Client, world: World) -> None:
    own = Post.objects.get(user=world.clerk)
    foreign = Post.objects.get(user=world.other_head)
    for user, post, status in (
        (world.head, foreign, 404),
        (world.outsider, own, 404),
        (world.clerk, own, 403),
        (world.clerk, Post.objects.get(user=world.head), 403),
        (world.officer, own, 404),
    ):
        client.force_login(user)
        for address in (reverse("it:end", args=[post.pk]), reverse("it:revoke", args=[post.pk])):
            reply = client.post(address, {"last_day": date(2026, 1, 1)})
            assert reply.status_code == status, (user, post)
    assert Post.objects.filter(valid_to__isnull=True, revoked_at__isnull=True).count() == 7


def test_the_list_costs_a_constant_number_of_queries(
    client: Client, world: World, people: SchoolPeople
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(keeper(world, Role.IT_OFFICER))

    def n_queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(PEOPLE)
        return len(caught)

    before = n_queries()
    for number in range(10):
        user = user_create(username=f"t{number}", display_name=f"t{number}")
        post_give(
            user=user,
            role=Role.CLASS_TEACHER,
            valid_from=SINCE,
            school_id=world.primary.pk,
            school_class_id=people.classes[0].pk,
        )
    assert n_queries() <= before + 1

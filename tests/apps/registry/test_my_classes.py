"""The first page of teachers, guardians and pupils: their classes, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.apps.accounts.school_people import SchoolPeople, settle
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.audit.models import AuditEntry

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

PAGE = "/my/classes/"


@pytest.fixture
def people(world: World) -> SchoolPeople:
    return settle(world)


def signed_in(client: Client, role: Role, **where: Any) -> Client:
    user = user_create(username=role.value, display_name=role.value)
    post_give(user=user, role=role, valid_from=SINCE, **where)
    client.force_login(user)
    return client


def test_a_class_teacher_begins_with_the_own_class(
    client: Client, world: World, people: SchoolPeople
) -> None:
    where = {"school_id": world.primary.pk, "school_class_id": people.classes[0].pk}
    signed_in(client, Role.CLASS_TEACHER, **where)
    assert client.get("/work/").headers["Location"] == PAGE
    page = client.get(PAGE)
    (own,) = page.context["classes"]
    assert (own.school, own.name) == ("样例第一小学", "2025级1班")
    assert [pupil.code for pupil in own.pupils] == ["p0"]
    assert "学生0" in page.content.decode()
    assert "学生1" not in page.content.decode()
    entry = AuditEntry.objects.get(act="read", kind="registry.Enrolment")
    assert entry.n_rows == 1


def test_a_guardian_sees_the_own_child_and_none_beside(
    client: Client, world: World, people: SchoolPeople
) -> None:
    from tests.apps.accounts.school_people import make_pupil

    from junheng.apps.foundation.scoping import everything

    with everything(reason="test"):
        make_pupil(people.classes[0], 7)
    signed_in(client, Role.GUARDIAN, pupil_id=people.pupils[0].pk)
    (own,) = client.get(PAGE).context["classes"]
    assert [pupil.code for pupil in own.pupils] == ["p0"]


def test_a_class_without_pupils_is_told(client: Client, world: World, people: SchoolPeople) -> None:
    signed_in(client, Role.GRADE_LEADER, school_id=world.primary.pk, grade=6)
    page = client.get(PAGE)
    assert page.context["classes"] == []
    assert page.status_code == 200


@pytest.mark.parametrize("name", ["head", "officer", "administrator"])
def test_others_have_no_such_page(client: Client, world: World, name: str) -> None:
    client.force_login(getattr(world, name))
    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.IT_OFFICER, "/it/people/"),
        (Role.SECURITY_ADMINISTRATOR, "/it/people/"),
        (Role.SYSTEM_ADMINISTRATOR, "/it/"),
        (Role.AUDIT_ADMINISTRATOR, "/audit/"),
        (Role.LIAISON_OFFICER, "/me/posts/"),
    ],
)
def test_everybody_begins_where_their_work_is(
    client: Client, world: World, role: Role, address: str
) -> None:
    signed_in(client, role, bureau_id=world.bureau.pk)
    assert client.get("/work/").headers["Location"] == address

"""The first page: what waits for each role, in order of days, in a constant number of queries."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.balance.tables import many, publish
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.models import Course
from junheng.apps.selfassessment.services import Place, Planned, item_plan
from junheng.apps.workspace.api import Deadline, Share, Tile, Todo
from junheng.apps.workspace.present import HomeShown
from junheng.engine import standard

if TYPE_CHECKING:
    import pytest
    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User

RULES = standard.load(standard.DEFAULT_RULESET_ID)
PAGE = "/"
TODAY = date(2025, 11, 3)
BEFORE, LATER = date(2025, 11, 1), date(2025, 11, 20)


def home(client: Client, user: User) -> Any:
    """Return what the first page of somebody shows."""
    client.cookies["language"] = "en"
    client.force_login(user)
    page = client.get(PAGE)
    assert page.status_code == 200
    return page.context


def titles(client: Client, user: User) -> list[str]:
    return [one.title for one in home(client, user)["shown"].todos]


def plan(world: World, item_id: str, user: User, deadline: date) -> None:
    """Have somebody see to an item until a day."""
    with everything(reason="test"):
        item_plan(
            Place(world.bureau.pk, world.year.pk, RULES.id, item_id),
            Planned("", user.pk, deadline, is_begun=True, target=""),
            seen=0,
            by=world.officer.pk,
            now=clock.now(),
        )


def test_what_is_overdue_comes_first_and_what_has_no_day_last() -> None:
    share = Share(
        [
            Todo("some time", "/a", "Go"),
            Todo("soon", "/b", "Go", due=LATER),
            Todo("late", "/c", "Go", due=BEFORE),
        ],
        [Tile("Units", "3")],
        [Deadline("signed", date(2025, 11, 10), "/d"), Deadline("gone", BEFORE, "/e")],
    )
    shown = HomeShown([share], today=TODAY)
    assert [(one.title, one.is_late) for one in shown.todos] == [
        ("late", True),
        ("soon", False),
        ("some time", False),
    ]
    assert [(one.label, one.day) for one in shown.days] == [
        ("signed", "2025-11-10"),
        ("soon", "2025-11-20"),
    ]
    assert shown.tiles == [Tile("Units", "3")]


def test_without_a_table_the_officer_is_told_where_to_begin(client: Client, world: World) -> None:
    assert "There is no unit table yet" in titles(client, world.officer)
    assert titles(client, world.head) == []
    assert titles(client, world.administrator) != []


def test_each_role_finds_its_own_things_to_do(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda now=None: TODAY)
    publish(world)
    liaison = user_create(username="liaison", display_name="人社局联络员")
    post_give(
        user=liaison,
        role=Role.LIAISON_OFFICER,
        bureau_id=world.bureau.pk,
        department="human_resources",
        valid_from=SINCE,
    )
    plan(world, "G8", liaison, BEFORE)
    plan(world, "G1", world.director, LATER)
    with everything(reason="test"):
        Course.objects.update_or_create(
            {"school_deadline": LATER},
            bureau=world.bureau,
            school_year=world.year,
            ruleset_id=RULES.id,
        )
    of_liaison = home(client, liaison)
    (late,) = [one for one in of_liaison["shown"].todos if one.is_late]
    assert late.title.startswith("Item G8")
    assert client.get(late.url).status_code == 200
    assert of_liaison["n_todo"] == len(of_liaison["shown"].todos)
    assert any(one.startswith("Item G1") for one in titles(client, world.director))
    of_officer = titles(client, world.officer)
    assert "1 item of others is overdue" in of_officer
    assert "4 schools have not confirmed their figures" in of_officer
    assert "Confirm the figures of your school, or object" in titles(client, world.head)
    of_clerk = titles(client, world.clerk)
    assert "Confirm the figures of your school, or object" not in of_clerk
    assert any(one.startswith("Answer ") for one in of_clerk)
    assert "There is no unit table yet" in titles(client, world.outsider)


def test_an_objection_leads_the_officer_to_the_school(client: Client, world: World) -> None:
    publish(world)
    client.cookies["language"] = "en"
    client.force_login(world.head)
    path = f"/balance/board/schools/{world.primary.pk}/"
    client.post(f"{path}answer", {"kind": "objected", "seen": 0, "reason": "two rooms are missing"})
    assert "Confirm the figures of your school, or object" not in titles(client, world.head)
    todos = home(client, world.officer)["shown"].todos
    (one,) = [todo for todo in todos if todo.detail == "two rooms are missing"]
    assert one.url.startswith(path)


def test_every_link_opens_for_whoever_is_shown_it(client: Client, world: World) -> None:
    publish(world)
    for user in world.people:
        shown = home(client, user)["shown"]
        urls = {one.url for one in (*shown.todos, *shown.tiles, *shown.days) if one.url}
        for url in urls:
            assert client.get(url, follow=True).status_code == 200, (user, url)
        assert client.get("/work/", follow=True).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_schools(client: Client, world: World) -> None:
    counts: dict[str, set[int]] = {"director": set(), "head": set()}
    for size in (3, 12):
        publish(world, many(size))
        for name, found in counts.items():
            client.force_login(getattr(world, name))
            client.get(PAGE)
            with CaptureQueriesContext(connection) as queries:
                client.get(PAGE)
            found.add(len(queries))
    assert [len(found) for found in counts.values()] == [1, 1]
    assert counts["director"].pop() <= 45
    assert counts["head"].pop() <= 30

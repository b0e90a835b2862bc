"""One definition of each figure, and every level finds its own part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.accounts.school_people import settle
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.catalogue.api import ClassSize
from junheng.apps.centres.levels import figures_of

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

PAGE = "/centre/?year=2025"


def size(n_pupils: int) -> ClassSize:
    """Return a primary class of so many pupils."""
    return ClassSize(1, "primary", "c", 1, 1, n_pupils, 45)


def test_figures_add_up_from_class_to_district() -> None:
    # domain/standard.md, G5: a primary class has at most 45 pupils.
    classes = [size(45), size(46), size(29)]
    found = figures_of(classes)
    assert (found.n_classes, found.n_pupils, found.largest, found.n_over) == (3, 120, 46, 1)
    assert found.mean == 40
    assert found.n_pupils == sum(figures_of([one]).n_pupils for one in classes)
    assert figures_of([]).mean is None


def centre(client: Client, user: Any) -> Any:
    """Return the centre that a person is shown."""
    client.force_login(user)
    reply = client.get(PAGE)
    return reply.context["shown"].centre if reply.status_code == 200 else reply.status_code


def test_every_level_sees_its_own_part(client: Client, world: World) -> None:
    people = settle(world)
    teacher = user_create(username="teacher", display_name="teacher")
    post_give(
        user=teacher,
        role=Role.CLASS_TEACHER,
        valid_from=SINCE,
        school_id=world.primary.pk,
        school_class_id=people.classes[0].pk,
    )
    district, school = centre(client, world.director), centre(client, world.head)
    own = centre(client, teacher)
    assert [one.level for one in (district, school, own)] == ["district", "school", "class"]
    assert own.total.n_classes == 1
    (at_school,) = [one for one in district.lines if one.school == world.primary]
    assert at_school.figures == school.total
    (of_class,) = [one for one in school.lines if one.size.code == people.classes[0].code]
    assert of_class.figures == own.total
    assert {line.school for line in school.lines} == {world.primary}
    assert centre(client, world.administrator) == 403
    client.force_login(world.director)
    with CaptureQueriesContext(connection) as found:
        client.get(PAGE)
    assert len(found) <= 20

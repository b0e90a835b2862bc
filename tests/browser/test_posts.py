"""People and posts in a browser: sound at every width; a class teacher appointed by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.accounts.school_people import settle
from tests.apps.it.test_people import keeper

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.accounts.models import Post
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import ClassYear, school_year_on

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_the_pages_are_sound(visit: Open, world: World, width: int, language: str) -> None:
    own = settle(world).classes[0]
    officer = keeper(world, Role.IT_OFFICER)
    teacher = user_create(username="teacher", display_name="teacher")
    post_give(
        user=teacher,
        role=Role.CLASS_TEACHER,
        valid_from=clock.today(),
        school_id=world.primary.pk,
        school_class_id=own.pk,
    )
    pages = {
        "/it/": officer,
        "/it/people/": officer,
        "/it/settings/": officer,
        "/it/people/appoint/": officer,
        "/it/people/appoint/head/?search=clerk": officer,
        "/my/classes/": teacher,
    }
    for path, user in pages.items():
        opened = visit(path, width=width, language=language, user=user)
        assert opened.axe_violations() == [], path
        assert opened.overflow_px == 0, path


def test_a_head_appoints_by_keyboard(visit: Open, world: World) -> None:
    own = settle(world).classes[0]
    with everything(reason="test"):
        ClassYear.objects.update(school_year=school_year_on(clock.today()))
    user = user_create(username="newcomer", display_name="Newcomer")
    page = visit("/it/people/appoint/class_teacher/", language="en", user=world.head).page
    page.get_by_label("Person").focus()
    page.keyboard.type("newcomer")
    page.keyboard.press("Enter")
    page.get_by_label("Newcomer").focus()
    page.keyboard.press("Space")
    page.get_by_label("Organisation").select_option(f"class:{own.pk}")
    page.get_by_label("First day").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Appointed.").wait_for()
    assert Post.objects.get(user=user).school_class_id == own.pk
    assert reader_on(user, clock.today()).scope.pupils

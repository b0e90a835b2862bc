"""A whole year in the browser: from collecting to recognised, with an objection and a return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import publish
from tests.apps.selfassessment.deciding import decide_all

from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.course_selectors import answers_of
from junheng.apps.selfassessment.freezing import broken_steps
from junheng.apps.selfassessment.models import Course, SignedStep
from junheng.apps.selfassessment.selectors import schools_answering

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser

COURSE = "/balance/board/course/?year=2025"
LETTER = "Letter 12 of the city"
WAY = [
    "school_confirmed", "bureau_checked", "self_assessed", "bureau_checked", "self_assessed",
    "city_reviewed", "province_assessed", "national", "recognised",
]  # fmt: skip


def test_a_year_is_played_from_collecting_to_recognised(visit: Open, world: World) -> None:
    publish(world)
    decide_all(world)
    officer, director, head = (
        visit("/", language="en", user=user).page
        for user in (world.officer, world.director, world.head)
    )
    address = officer.url.rstrip("/")
    own = f"{address}/balance/board/schools/{world.primary.pk}/?year=2025"

    head.goto(own)
    object_to(head, "The school has 1 210 pupils")
    officer.goto(f"{address}/")
    assert "The school has 1 210 pupils" in officer.inner_text("main")
    for school in sorted(schools(world)):
        officer.goto(f"{address}/balance/board/schools/{school}/?year=2025")
        settle(officer, "Compared with the register")
    head.goto(own)
    head.get_by_role("button", name="Confirm the figures").click()
    told(head, "It is signed with your name.")

    def signs(page: Page, document: str = "") -> None:
        page.goto(f"{address}{COURSE}")
        if document:
            page.locator("form[action*='course/sign'] [name=document]").fill(document)
        page.locator("form[action*='course/sign'] button[type=submit]").click()
        told(page, "It is signed, and a copy of everything is kept.")

    signs(officer)
    signs(officer)
    signs(director)
    send_back(officer, f"{address}{COURSE}", "The city asks for the minutes of G14")
    director.goto(f"{address}{COURSE}")
    assert "The city asks for the minutes of G14" in director.inner_text("main")
    signs(director)
    for _stage in ("city", "province", "national", "recognised"):
        signs(officer, LETTER)
    assert officer.locator("form[action*='course/sign']").count() == 0
    with everything(reason="test"):
        course = Course.objects.get()
        steps = list(SignedStep.objects.order_by("position"))
        assert course.stage == "recognised"
        assert [step.to_stage for step in steps] == WAY
        assert answers_of(course)[world.primary.pk].kind == "confirmed"
        assert broken_steps(course) == []


def schools(world: World) -> list[int]:
    with everything(reason="test"):
        return list(schools_answering(world.bureau.pk))


def told(page: Page, text: str) -> None:
    """Wait for what the page that answers says: a click comes back before that page is there."""
    page.get_by_text(text).first.wait_for()


def object_to(page: Page, reason: str) -> None:
    form = page.locator("form", has=page.locator("button[value=objected]"))
    form.locator("[name=reason]").fill(reason)
    form.locator("button[value=objected]").click()
    told(page, reason)


def settle(page: Page, reason: str) -> None:
    form = page.locator("form", has=page.locator("button[value=settled]"))
    form.locator("[name=reason]").fill(reason)
    form.locator("button[value=settled]").click()
    told(page, reason)


def send_back(page: Page, address: str, reason: str) -> None:
    page.goto(address)
    form = page.locator("form[action*='course/return']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("[name=to_stage]").select_option("bureau_checked")
    form.locator("[name=reason]").fill(reason)
    form.locator("button[type=submit]").click()
    told(page, "It is returned with your reason.")

"""The survey in a browser: answered on a phone, and looked at by the office."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import school_year_ensure
from junheng.apps.survey.models import Group
from junheng.apps.survey.rules import survey_rules
from junheng.apps.survey.services import Planned, codes_make, survey_begin

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.world import World

pytestmark = pytest.mark.browser


def test_a_parent_answers_on_a_phone_and_the_office_counts(visit: Open, world: World) -> None:
    today = clock.today()
    planned = Planned(400_000, "统计公报", today, today + timedelta(days=4))
    year = school_year_ensure(first_year=2025)
    survey = survey_begin(world.bureau, year, planned, ruleset="x@1", by=world.officer.pk)
    with everything(reason="test"):
        role = survey_rules().roles["parents"]
        (made,) = codes_make(survey, role, [world.primary], each=1, by=world.officer.pk)
    phone = visit(f"/survey/answer/?code={made.codes[0]}", width=390)
    page = phone.page
    assert phone.overflow_px == 0
    assert phone.axe_violations() == []
    for question in page.locator("fieldset").all():
        question.locator("label").first.click()
    page.get_by_role("button", name="提交答卷").click()
    page.wait_for_url("**/survey/answered/")
    with everything(reason="test"):
        assert Group.objects.get(survey=survey).n_answers == 1
    office = visit("/survey/", user=world.officer)
    assert office.axe_violations() == []
    assert "已收答卷 1 份" in office.page.inner_text("main")

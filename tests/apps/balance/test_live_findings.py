"""Suspicious figures of the registry: found as in a table, accepted in the browser."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.world import YEAR, change, settled, stored

from junheng.apps.balance.models import QualityDecision
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import fresh_units
from junheng.engine import standard

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from junheng.apps.registry.api import Place

RULES = standard.load("cn-2017-quality")
PAGE = "/balance/live/findings/"


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English; the registry repeats an area."""
    place = settled(world.bureau.code)
    repeat_an_area(place)
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def repeat_an_area(place: Place) -> None:
    """Let the one ground of a school of one stage be as large as its teaching rooms."""
    with everything(reason="test"):
        table = fresh_units(place.bureau_id, on=date(YEAR + 1, 8, 31), ruleset=RULES)
    scale = 10 ** table.decimals["teaching_area_m2"]
    rows = table.session.rows("SELECT school_id, teaching_area_m2 FROM units")
    areas = {str(school): int(str(area)) / scale for school, area in rows}
    grounds = stored(place, "grounds")
    schools = Counter(row["school_id"] for row in grounds)
    stages = Counter(school for school, _ in rows)
    one = next(r for r in grounds if schools[r["school_id"]] == stages[r["school_id"]] == 1)
    change(place, "grounds", [(one, one | {"area_m2": f"{areas[str(one['school_id'])]:g}"})])


def keys(page: str) -> list[str]:
    return re.findall(r'id="finding-([0-9a-f]{16})"', page)


def main_of(page: str) -> str:
    return page.split("<main")[1].split("</main>", maxsplit=1)[0]


def test_a_repeated_area_is_found_and_accepted(officer: Client, world: World) -> None:
    page = officer.get(PAGE).text
    key, *_ = keys(page)
    assert "Right figure" not in page
    asked = {"key": key, "kind": "accepted", "reason": "measured twice"}
    told = officer.post(f"{PAGE}decide", asked, follow=True).text
    assert "measured twice" in told
    with everything(reason="test"):
        decision = QualityDecision.objects.get(bureau=world.bureau)
    assert (decision.kind, decision.decided_by_id) == ("accepted", world.officer.pk)
    assert "measured twice" in officer.get(PAGE).text
    officer.post(f"{PAGE}decide", {"key": key, "kind": "open", "reason": ""})
    assert "measured twice" not in officer.get(PAGE).text


def test_looking_leaves_live_figures_as_they_are(officer: Client) -> None:
    before = main_of(officer.get("/balance/live/").text)
    first = keys(officer.get(PAGE).text)
    assert main_of(officer.get("/balance/live/").text) == before
    assert keys(officer.get(PAGE).text) == first


def test_refusals(officer: Client, world: World) -> None:
    key, *_ = keys(officer.get(PAGE).text)
    asked = {"key": key, "kind": "accepted", "reason": ""}
    assert "Write why" in officer.post(f"{PAGE}decide", asked, follow=True).text
    told = officer.post(f"{PAGE}decide", {**asked, "kind": "corrected"}, follow=True).text
    assert "not corrected here" in told
    gone = {"key": "0" * 16, "kind": "open"}
    assert "There is no such finding" in officer.post(f"{PAGE}decide", gone, follow=True).text
    officer.force_login(world.director)
    assert officer.get(PAGE).status_code == 200
    assert officer.post(f"{PAGE}decide", asked).status_code == 403
    for stranger in (world.head, world.outsider):
        officer.force_login(stranger)
        assert officer.get(PAGE).status_code == 404
        assert officer.post(f"{PAGE}decide", asked).status_code == 404

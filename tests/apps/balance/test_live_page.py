"""The live page: the registry at this moment beside what is published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.balance.tables import publish
from tests.prepared import prepared
from tests.world import YEAR, settled

from junheng.apps.balance.api import Wanted, registry_assess
from junheng.apps.balance.live import live_day, live_visible_to
from junheng.apps.balance.models import Assessment
from junheng.apps.balance.present.live import LiveShown
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.registry.api import (
    Enrolment,
    Place,
    SchoolClass,
    export_folder,
    pupil_move,
    school_year_ensure,
)
from junheng.engine import standard
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.store.session import Session
from junheng.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.world import World

RULES = "cn-2017-quality@2026.1"
TODAY = date(2026, 3, 2)
LIVE = "/balance/live/"
ADDRESSED = date(YEAR + 1, 8, 31)
"""The day that the page itself reckons with: nobody has opened a later school year."""


def published(world: World, day: date) -> Place:
    """Put the village into the bureau and publish what the registry says of a day."""

    def act() -> Place:
        place = settled(world.bureau.code)
        wanted = Wanted(world.bureau, school_year_ensure(first_year=YEAR), day, RULES)
        with everything(reason="test"):
            registry_assess(wanted, by=world.officer.pk)
        return place

    return prepared(("published from the registry", day), act)


def shown(world: World, today: date = TODAY) -> LiveShown:
    reader = world.reader(world.director)
    with within(reader.scope):
        found = LiveShown(live_visible_to(reader, today))
        # Names are looked up while the scope is in force.
        assert found.rows is not None
        assert found.changes is not None
        return found


def move_one(world: World, on: date) -> tuple[str, str]:
    """Move a pupil into another school of the same stage; return the units left and entered."""
    reader = world.reader(world.officer)
    with within(reader.scope):
        one = Enrolment.objects.filter(to_date=None, from_date__lt=on).order_by("pk")
        mover = one.select_related("pupil", "school_class__unit").first()
        assert mover is not None
        left = mover.school_class
        entered = (
            SchoolClass.objects.filter(unit__stage=left.unit.stage)
            .exclude(school=left.school_id)
            .select_related("unit")
            .order_by("pk")[0]
        )
        pupil_move(reader=reader, pupil=mover.pupil, school_class=entered, on=on)
        return left.unit.unit_id, entered.unit.unit_id


def test_it_says_that_nothing_changed(client: Client, world: World) -> None:
    published(world, ADDRESSED)
    client.force_login(world.director)
    client.cookies["language"] = "en"
    page = client.get(LIVE).text
    assert "Nothing: the registry still comes to what was published." in page
    assert "Not official" in page


def test_one_pupil_moved_changes_two_units(world: World) -> None:
    published(world, TODAY)
    before = shown(world)
    assert before.changes == []
    pupils = {unit.unit_id: unit.pupils for unit in before.live.now.units}
    left, entered = move_one(world, date(2026, 2, 20))
    after = shown(world)
    now = {unit.unit_id: unit.pupils for unit in after.live.now.units}
    assert {u: n - pupils[u] for u, n in now.items() if n != pupils[u]} == {left: -1, entered: 1}
    counted = [c for c in after.changes if (c.before, c.after) in _counts(pupils, now)]
    assert len(counted) == 2


def _counts(before: dict[str, int], now: dict[str, int]) -> set[tuple[str, str]]:
    return {(str(before[u]), str(now[u])) for u in now if now[u] != before[u]}


def test_it_equals_a_full_measurement(world: World, tmp_path: Path) -> None:
    place = published(world, TODAY)
    move_one(world, date(2026, 2, 20))
    live = shown(world).live.now
    with everything(reason="test"):
        export_folder(place, tmp_path)
    with Session() as session:
        rules = standard.load(standard.DEFAULT_RULESET_ID)
        whole = standard.assess(measure_persons(session, tmp_path, rules, statistics_date=TODAY))
        assert live.units == whole.units
        assert live.dispersion == tuple(whole.dispersion)
        assert live.county == whole.counties[0]


def test_the_number_of_queries_does_not_depend_on_what_changed(
    client: Client, world: World
) -> None:
    published(world, TODAY)
    client.force_login(world.director)
    client.get(LIVE)
    counts = []
    for day in (date(2026, 8, 20), date(2026, 8, 24)):
        with CaptureQueriesContext(connection) as found:
            assert client.get(LIVE).status_code == 200
        counts.append(len(found))
        move_one(world, day)
        client.get(LIVE)
    assert counts[0] == counts[1] <= 14


def test_the_header_switches(client: Client, world: World) -> None:
    published(world, TODAY)
    client.force_login(world.director)
    with everything(reason="test"):
        made = Assessment.objects.get()
    district = f"/balance/{made.pk}/"
    assert f'href="{LIVE}"' in client.get(district).text
    page = client.get(LIVE).text
    assert f'href="{district}"' in page
    assert f'<a href="{LIVE}" aria-current="true">' in page


def test_without_a_registry_there_is_no_live_page(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.director)
    assert client.get(LIVE).status_code == 404
    assert LIVE not in client.get(f"/balance/{made.pk}/").text


def test_nothing_is_compared_with_another_rule_set(client: Client, world: World) -> None:
    settled(world.bureau.code)
    client.force_login(world.director)
    client.cookies["language"] = "en"
    page = client.get(LIVE).text
    assert "stage units pass at this moment." in page
    assert "Changed since" not in page


@pytest.mark.parametrize("name", ["head", "clerk", "outsider"])
def test_only_the_bureau_sees_it(client: Client, world: World, name: str) -> None:
    published(world, TODAY)
    client.force_login(getattr(world, name))
    assert client.get(LIVE).status_code == 404


def test_the_day_of_an_old_registry(world: World) -> None:
    with everything(reason="test"):
        assert live_day(world.bureau.pk, TODAY) is None
        settled(world.bureau.code)
        assert live_day(world.bureau.pk, TODAY) == TODAY
        assert live_day(world.bureau.pk, date(2028, 1, 5)) == ADDRESSED
        assert live_day(world.bureau.pk, date(2025, 8, 31)) is None
    with within(world.reader(world.outsider).scope), pytest.raises(NotFound):
        live_visible_to(world.reader(world.outsider), TODAY)

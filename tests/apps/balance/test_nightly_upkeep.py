"""The night's upkeep: once a day after its hour, old days go, and the page tells of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.world import settled

from junheng.apps.balance.api import nightly_due
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.jobs.api import run_worker
from junheng.apps.jobs.models import Job
from junheng.apps.registry.api import class_counts, clear_days, upkeep
from junheng.apps.registry.models import ClassCount, CountedDay

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/balance/recount/"
NIGHT = datetime(2026, 3, 19, 18, 30, tzinfo=UTC)
"""Half past two on the twentieth in Beijing."""


def test_it_is_due_once_a_day_after_its_hour() -> None:
    early = NIGHT - timedelta(hours=upkeep().hour)
    assert not nightly_due(early)
    assert not Job.objects.exists()
    assert nightly_due(NIGHT)
    assert nightly_due(NIGHT + timedelta(hours=5))
    assert Job.objects.count() == 1
    nightly_due(NIGHT + timedelta(days=1))
    assert Job.objects.count() == 2


def test_old_days_go_and_the_last_of_each_month_stays(world: World) -> None:
    days = [date(2026, 1, 5), date(2026, 1, 30), date(2026, 2, 7), date(2026, 2, 8)]
    recent = [date(2026, 3, 1), date(2026, 3, 2)]
    for day in (*days, *recent):
        with everything(reason="test"):
            CountedDay.objects.create(bureau=world.bureau, on_date=day)
            ClassCount.objects.create(bureau=world.bureau, on_date=day, class_code="C1", n_pupils=9)
    assert clear_days(world.bureau.pk, today=date(2026, 3, 20)) == 2
    with everything(reason="test"):
        for model in (CountedDay, ClassCount):
            kept = model.objects.order_by("on_date").values_list("on_date", flat=True)
            assert list(kept) == [date(2026, 1, 30), date(2026, 2, 8), *recent]


def test_the_page_tells_what_the_night_found(client: Client, world: World) -> None:
    client.force_login(world.administrator)
    client.cookies["language"] = "en"
    assert "No nightly recount has ended yet." in client.get(PAGE).text
    settled(world.bureau.code)
    today = clock.today()
    code = sorted(class_counts(world.bureau.pk, today) or {"none": 0})[0]
    with everything(reason="test"):
        ClassCount.objects.update_or_create(
            bureau=world.bureau, on_date=today, class_code=code, defaults={"n_pupils": 999}
        )
    assert nightly_due(NIGHT)
    assert run_worker(until_idle=True) == 1
    page = client.get(PAGE).text
    assert "1 summary differed and was put right." in page
    assert code in page
    assert "0 days of counts were dropped" in page

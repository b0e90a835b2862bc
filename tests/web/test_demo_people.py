"""The demonstration with its people: imported like any file, assessed, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.world import VILLAGE, drawn

from junheng.apps.accounts.api import DEMO_ROLES
from junheng.apps.accounts.models import User
from junheng.apps.balance.models import Assessment, Upload, UploadState
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake.models import Import, State
from junheng.apps.registry.api import Bureau, Pupil, School, Staff
from junheng.errors import DataError
from junheng.web import demo

if TYPE_CHECKING:
    from django.test import Client

    from junheng.i18n import Message

pytestmark = pytest.mark.django_db


def test_it_works_and_a_second_run_makes_nothing(client: Client) -> None:
    told: list[Message] = []
    demo.load_sample(told.append, VILLAGE)
    n_told = len(told)
    demo.load_sample(told.append, VILLAGE)
    assert len(told) == n_told
    with everything(reason="test"):
        assert Bureau.objects.get().is_simulated
        tables = Assessment.objects.exclude(source_name="registry")
        years = tables.values_list("school_year__starts_on__year", flat=True)
        assert sorted(years) == list(range(2016, 2026))
        assert set(Upload.objects.values_list("state", flat=True)) == {UploadState.APPLIED}
        assert not School.objects.filter(x_m__isnull=True).exists()
    _everybody_came_in_one_import()
    _the_newest_year_is_that_of_the_registry()
    _everyone_has_a_first_page(client)


def _everybody_came_in_one_import() -> None:
    with everything(reason="test"):
        source = Import.objects.get()
        assert source.state == State.APPLIED
        counts = dict(source.parts.values_list("dataset", "n_new"))
        pupils = set(Pupil.objects.values_list("code", flat=True))
        staff = set(Staff.objects.values_list("code", flat=True))
    assert counts["pupils"] == drawn().n_rows("pupils")
    assert pupils == set(drawn().datasets["pupils"]["pupil_id"])
    assert staff == set(drawn().datasets["staff"]["staff_id"])


def _the_newest_year_is_that_of_the_registry() -> None:
    with everything(reason="test"):
        one = Assessment.objects.get(source_name="registry")
        table = Assessment.objects.exclude(pk=one.pk).get(school_year=one.school_year)
        verdicts = [dict(made.units.values_list("unit_id", "verdict")) for made in (one, table)]
    assert one.created_at > table.created_at
    assert verdicts[0] == verdicts[1]


def _everyone_has_a_first_page(client: Client) -> None:
    for role in DEMO_ROLES:
        client.force_login(User.objects.get(username=f"demo_{role.value}"))
        assert client.get("/", follow=True).status_code == 200


def test_an_unknown_district_is_refused_before_anything_is_made() -> None:
    with pytest.raises(DataError):
        demo.run("127.0.0.1", 8000, district="atlantis")

"""The sample district of the demonstration: made once, through the services of anyone's uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.apps.accounts.api import Role
from junheng.apps.accounts.models import User
from junheng.apps.balance.models import Assessment, Upload, UploadState
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import Bureau, School
from junheng.web.demo import load_sample

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_works_and_a_second_run_makes_nothing(client: Client) -> None:
    told: list[str] = []
    load_sample(told.append)
    assert len(told) == 10
    load_sample(told.append)
    assert len(told) == 10
    with everything(reason="test"):
        assert Bureau.objects.get().is_simulated
        years = Assessment.objects.values_list("school_year__starts_on__year", flat=True)
        assert sorted(years) == list(range(2016, 2026))
        assert set(Upload.objects.values_list("state", flat=True)) == {UploadState.APPLIED}
        assert not School.objects.filter(x_m__isnull=True).exists()
    assert User.objects.count() == len(Role)
    _everyone_has_a_first_page(client)


def _everyone_has_a_first_page(client: Client) -> None:
    for role in Role:
        client.force_login(User.objects.get(username=f"demo_{role.value}"))
        reply = client.get("/", follow=True)
        assert reply.status_code == 200
        assert ("未达标" in reply.text) == (role is not Role.SYSTEM_ADMINISTRATOR)

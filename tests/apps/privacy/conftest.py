"""What tests of privacy share: one school with two pupils and the people around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.world import World, put

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import ClassYear, Place, SchoolClass, StageUnit

if TYPE_CHECKING:
    from django.test import Client

    from junheng.apps.accounts.models import User

CLASS_ID = "2153000001-1-2024-01"
IDENTITY, REGISTER = "990101201703010013", "G990101201703010013"


@dataclass(frozen=True)
class School:
    """The primary school of the world with a class of two."""

    world: World
    place: Place
    pupils: list[dict[str, str | None]]
    assistant: User


def pupil(number: str, name: str, **other: str | None) -> dict[str, str | None]:
    return {
        "pupil_id": number,
        "register_number": None,
        "name": name,
        "sex_code": "1",
        "birth_date": "2017-03-01",
        "identity_kind_code": None,
        "identity_number": None,
        "ethnicity_code": "01",
        "class_id": CLASS_ID,
        "from_date": "2024-09-01",
        "to_date": None,
        "entry_how": None,
        "is_boarder": "0",
        "is_migrant_child": "0",
        "is_left_behind": "0",
        "disability_code": None,
        "is_home_in_zone": "1",
        "home_address": None,
        **other,
    }


@pytest.fixture
def school(world: World) -> School:
    place = Place(world.bureau.pk, 2025)
    rows = [
        pupil("P1", "欧阳小华", identity_number=IDENTITY, register_number=REGISTER,
              identity_kind_code="1"),
        pupil("P2", "李示例", birth_date="2011-05-05"),
    ]  # fmt: skip
    _class_of(world)
    put(place, "pupils", rows)
    assistant = user_create(username="assistant", display_name="assistant")
    post_give(
        user=assistant, role=Role.SCHOOL_CLERK, valid_from=date(2020, 9, 1),
        school_id=world.primary.pk,
    )  # fmt: skip
    return School(world, place, rows, assistant)


def _class_of(world: World) -> None:
    with everything(reason="test"):
        unit = StageUnit.objects.get(school=world.primary)
        unit.unit_id = "2153000001-1"
        unit.save()
        made = SchoolClass.objects.create(
            bureau=world.bureau,
            school=world.primary,
            unit=unit,
            code=CLASS_ID,
            entry_year=2024,
            class_no=1,
        )
        ClassYear.objects.create(
            bureau=world.bureau, school=world.primary, school_class=made, school_year=2025, grade=2
        )


def signed_in(client: Client, user: User) -> Client:
    """Return the browser of somebody, in English."""
    client.force_login(user)
    client.cookies["language"] = "en"
    return client

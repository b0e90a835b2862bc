"""Who sees which bureaus, schools and units; object check and list agree for everyone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.registry.api import (
    Bureau,
    School,
    SchoolYear,
    StageUnit,
    bureau_ensure,
    bureaus_visible_to,
    school_visible_to,
    school_year_of,
    schools_visible_to,
    units_visible_to,
)
from junheng.errors import DataError, NotFound

if TYPE_CHECKING:
    from tests.world import World

SEEN = {
    "director": {"primary", "nine_year"},
    "officer": {"primary", "nine_year"},
    "administrator": set(),
    "clerk": {"primary"},
    "head": {"primary"},
    "other_head": {"nine_year"},
    "outsider": {"elsewhere"},
}


@pytest.mark.parametrize("name", SEEN)
def test_it_works(world: World, name: str) -> None:
    reader = world.reader(getattr(world, name))
    expected = {getattr(world, school).pk for school in SEEN[name]}
    with within(reader.scope):
        assert {school.pk for school in schools_visible_to(reader)} == expected
        assert {unit.school_id for unit in units_visible_to(reader)} == expected


def test_everyone_knows_the_bureau_they_belong_to_and_no_other(world: World) -> None:
    for user in world.people:
        reader = world.reader(user)
        own = world.other_bureau if user == world.outsider else world.bureau
        with within(reader.scope):
            assert list(bureaus_visible_to(reader)) == [own]


@pytest.mark.parametrize("model", [Bureau, School, StageUnit])
def test_object_check_and_list_agree_on_every_object(
    world: World, model: type[Bureau | School | StageUnit]
) -> None:
    readers = [world.reader(user) for user in world.people]
    with everything(reason="test"):
        rows = model.objects.all()
        assert rows.count() >= 2
        assert policies.disagreements(policies.policy_for(model), readers, rows) == []


@pytest.mark.parametrize(
    ("name", "may"),
    [("officer", True), ("director", False), ("clerk", False), ("outsider", False)],
)
def test_only_the_sections_of_the_bureau_change_a_school(
    world: World, name: str, may: bool
) -> None:
    reader = world.reader(getattr(world, name))
    assert policies.can(reader, "change", world.primary) is may


def test_a_foreign_school_is_not_there(world: World) -> None:
    reader = world.reader(world.outsider)
    with within(reader.scope), pytest.raises(NotFound):
        school_visible_to(reader, world.primary.pk)


def test_rights_begin_and_end_with_the_post(world: World) -> None:
    before = world.reader(world.head, date(2020, 8, 31))
    with within(before.scope):
        assert not schools_visible_to(before).exists()


def test_a_name_comes_in_the_language_of_the_page(world: World) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert world.primary.name == "Sample Primary School 1"
        assert world.bureau.name == "样例区教育局"
    with translation.override("zh-hans"):
        assert world.primary.name == "样例第一小学"


@pytest.mark.parametrize(
    ("identifier", "is_official"),
    [("2153000123", True), ("2199000123", False), ("215300012", False), ("27000123", False)],
)
def test_an_official_identifier_is_told_from_another(identifier: str, is_official: bool) -> None:
    assert School(identifier=identifier).has_official_identifier is is_official


def test_simulated_never_turns_real(world: World) -> None:
    with everything(reason="test"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Bureau.objects.filter(pk=world.bureau.pk).update(is_simulated=False)
        Bureau.objects.filter(pk=world.bureau.pk).update(name_zh="新名")
    with pytest.raises(DataError, match="never mix"):
        bureau_ensure(code=world.bureau.code, name_zh="真", is_simulated=False)


def test_the_store_refuses_what_cannot_be(world: World) -> None:
    def refused(**fields: object) -> None:
        with pytest.raises(IntegrityError), everything(reason="test"), transaction.atomic():
            School.objects.filter(pk=world.primary.pk).update(**fields)

    refused(x_m=None)
    refused(kind="academy")
    refused(locality="moon")
    with pytest.raises(IntegrityError), transaction.atomic():
        SchoolYear.objects.create(starts_on=date(2026, 2, 1))
    with pytest.raises(IntegrityError), everything(reason="test"), transaction.atomic():
        StageUnit.objects.create(school=world.primary, stage="primary")


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2025, 8, 31), False), (date(2025, 9, 1), True), (date(2026, 8, 31), True)],
)
def test_a_day_lies_in_its_school_year(world: World, day: date, found: bool) -> None:
    assert school_year_of(day) == (world.year if found else None)

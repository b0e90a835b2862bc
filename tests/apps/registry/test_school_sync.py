"""Schools and units from a table: made, changed, left alone; each change journalled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from tests.world import NINE_YEAR, PRIMARY

from junheng.apps.foundation import journal
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.registry.api import School, SchoolKind, Stage, StageUnit, school_sync
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries
    from tests.world import World


def test_it_works(world: World) -> None:
    renamed = replace(PRIMARY, name_zh="样例实验小学")
    new = replace(PRIMARY, identifier="2153000003", name_zh="样例第三小学")
    with within(world.reader(world.officer).scope):
        outcome = school_sync(
            bureau_id=world.bureau.pk,
            rows=[renamed, NINE_YEAR, new],
            by=world.officer.pk,
            why="table of 2025",
        )
        names = dict(School.objects.values_list("identifier", "name_zh"))
    assert (outcome.n_new, outcome.n_changed, outcome.n_same) == (1, 1, 1)
    assert names["2153000001"] == "样例实验小学"
    assert names["2153000003"] == "样例第三小学"
    assert set(outcome.units) == {
        ("2153000001", "primary"),
        ("3153000002", "primary"),
        ("3153000002", "junior"),
        ("2153000003", "primary"),
    }


def test_a_change_is_in_the_journal_with_old_and_new(world: World) -> None:
    with within(world.reader(world.officer).scope):
        row = replace(PRIMARY, name_zh="样例实验小学")
        school_sync(bureau_id=world.bureau.pk, rows=[row], by=world.officer.pk, why="renamed")
    made, renamed = journal.history(world.primary)
    assert made.old is None
    assert journal.values(renamed.old) == {"name_zh": "样例第一小学"}
    assert journal.values(renamed.new) == {"name_zh": "样例实验小学"}
    assert (renamed.who, renamed.why) == (world.officer, "renamed")


def test_what_a_table_does_not_say_stays(world: World) -> None:
    silent = replace(PRIMARY, name_en="", locality=None, x_m=None, y_m=None)
    with everything(reason="test"):
        outcome = school_sync(bureau_id=world.bureau.pk, rows=[silent], by=None, why="test")
        school = School.objects.get(pk=world.primary.pk)
    assert outcome.n_same == 1
    assert (school.name_en, school.x_m) == ("Sample Primary School 1", 1200.0)


def test_a_new_stage_is_added_and_none_is_taken_away(world: World) -> None:
    grown = replace(PRIMARY, kind=SchoolKind.NINE_YEAR, stages=(Stage.JUNIOR,))
    with everything(reason="test"):
        school_sync(bureau_id=world.bureau.pk, rows=[grown], by=None, why="test")
        stages = set(StageUnit.objects.filter(school=world.primary).values_list("stage", flat=True))
    assert stages == {"primary", "junior"}


def test_an_identifier_twice_is_refused_and_nothing_written(world: World) -> None:
    twice = [replace(PRIMARY, name_zh="甲"), replace(PRIMARY, name_zh="乙")]
    with everything(reason="test"):
        with pytest.raises(DataError, match="stands twice"):
            school_sync(bureau_id=world.bureau.pk, rows=twice, by=None, why="test")
        assert School.objects.get(pk=world.primary.pk).name_zh == "样例第一小学"


@pytest.mark.parametrize("name", ["outsider", "head", "administrator"])
def test_whoever_does_not_reach_the_bureau_is_refused(world: World, name: str) -> None:
    with (
        within(world.reader(getattr(world, name)).scope),
        pytest.raises(NotAllowed, match="do not reach"),
    ):
        school_sync(bureau_id=world.bureau.pk, rows=[PRIMARY], by=None, why="test")


def test_queries_do_not_grow_with_the_table(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def sync(first: int, n_schools: int) -> None:
        rows = [
            replace(PRIMARY, identifier=f"21530{first + n:05}", name_zh=f"学校{n}")
            for n in range(n_schools)
        ]
        with everything(reason="test"):
            school_sync(bureau_id=world.bureau.pk, rows=rows, by=None, why="test")

    for first, n_schools in ((100, 2), (200, 60)):
        with django_assert_num_queries(8):
            sync(first, n_schools)


def test_the_same_identifier_may_stand_in_two_bureaus_but_not_twice_in_one(world: World) -> None:
    def create(bureau_id: int) -> None:
        with everything(reason="test"), transaction.atomic():
            School.objects.create(
                bureau_id=bureau_id, identifier="2153000001", name_zh="重号", kind="primary"
            )

    create(world.other_bureau.pk)
    with pytest.raises(IntegrityError):
        create(world.bureau.pk)

"""Imports as jobs: with the rights of the day, in a queue, cleared away after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from junheng.apps.foundation.policies import disagreements
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.intake import selectors, services, tasks
from junheng.apps.intake.models import Import, PreviewPart, State
from junheng.apps.intake.policies import APPLY, ImportPolicy, require_import
from junheng.apps.jobs.api import run_worker
from junheng.apps.jobs.models import Job
from junheng.apps.jobs.models import State as JobState
from junheng.errors import DataError, NotAllowed, NotFound

if TYPE_CHECKING:
    from django_tasks.base import Task
    from tests.apps.intake.district import District

    from junheng.apps.accounts.models import User

pytestmark = pytest.mark.django_db


def queue(source: Import, task: Task[[str, int], dict[str, str]], by: User) -> Job:
    """Put a task for an import into the queue, run it, and return its job."""
    with everything(reason="test"):
        services.import_enqueue(source=source, task=task, by=by.pk)
    run_worker(until_idle=True)
    with everything(reason="test"):
        source.refresh_from_db()
    assert source.job_id is not None
    return Job.objects.get(pk=source.job_id)


def test_a_clerk_checks_applies_and_undoes_own_rows(district: District) -> None:
    before = district.everything()
    row = {**district.pupils_of(district.school)[0], "name": "改名"}
    source = district.send("pupils", [row], by=district.clerk, school=district.school)
    for task, state in (
        (tasks.check_import, State.CHECKED),
        (tasks.apply_import, State.APPLIED),
        (tasks.undo_import, State.UNDONE),
    ):
        job = queue(source, task, district.clerk)
        assert (job.state, source.state) == (JobState.DONE, state), job.error or job.message
    assert district.everything() == before


def test_a_stranger_gets_nothing_done(district: District) -> None:
    source = district.send("rooms", [{**district.rows("rooms")[0], "area_m2": "1"}])
    for person in (district.world.outsider, district.clerk, district.world.administrator):
        job = queue(source, tasks.apply_import, person)
        assert job.state == JobState.FAILED
        assert source.state == State.CHECKED


def test_an_aged_preview_is_made_anew(district: District) -> None:
    row = district.rows("rooms")[0]
    first = district.send("rooms", [{**row, "area_m2": "1"}], by=district.world.officer)
    second = district.send("rooms", [{**row, "area_m2": "2"}], by=district.world.director)
    district.apply(second)
    job = queue(first, tasks.apply_import, district.world.officer)
    assert job.state == JobState.FAILED
    assert "changed since the preview" in str(job.message)
    assert (first.state, first.is_aged) == (State.CHECKED, True)
    queue(first, tasks.apply_import, district.world.officer)
    assert first.state == State.APPLIED


def test_two_imports_in_the_queue_come_one_after_the_other(district: District) -> None:
    rows = district.rows("rooms")
    one = district.send("rooms", [{**rows[0], "area_m2": "1"}], by=district.world.officer)
    two = district.send("rooms", [{**rows[1], "area_m2": "2"}], by=district.world.director)
    with everything(reason="test"):
        for source in (one, two):
            services.import_enqueue(
                source=source, task=tasks.apply_import, by=district.world.officer.pk
            )
            services.import_enqueue(
                source=source, task=tasks.apply_import, by=district.world.officer.pk
            )
    run_worker(until_idle=True)
    assert [row["area_m2"] for row in district.rows("rooms")[:2]] == ["1", "2"]


def test_who_sees_which_import(district: District) -> None:
    world = district.world
    rooms = [{**district.rows("rooms")[0], "area_m2": "1"}]
    own = [row for row in district.rows("rooms") if row["school_id"] == district.school.identifier]
    whole = district.send("rooms", rooms)
    schools = district.send("rooms", own, by=district.clerk, school=district.school)
    sees = {
        world.officer: {whole.pk, schools.pk},
        world.director: {whole.pk, schools.pk},
        district.clerk: {schools.pk},
        world.administrator: set(),
        world.head: set(),
        world.outsider: set(),
    }
    readers = [world.reader(person) for person in sees]
    for reader, expected in zip(readers, sees.values(), strict=True):
        with within(reader.scope):
            assert (
                set(selectors.imports_visible_to(reader).values_list("pk", flat=True)) == expected
            )
            for source in (whole, schools):
                if source.pk not in expected:
                    with pytest.raises(NotFound):
                        selectors.import_visible_to(reader, source.pk)
    with everything(reason="test"):
        assert disagreements(ImportPolicy(), readers, Import.objects.all()) == []
        assert not ImportPolicy().can(world.reader(world.director), APPLY, whole)


def test_who_may_import_what(district: District) -> None:
    bureau, school = district.world.bureau.pk, district.school.pk
    clerk, officer = (district.world.reader(p) for p in (district.clerk, district.world.officer))
    require_import(officer, bureau_id=bureau, school_id=None, datasets=["pupils", "units"])
    require_import(clerk, bureau_id=bureau, school_id=school, datasets=["pupils"])
    for reader, place, datasets in (
        (clerk, None, ["pupils"]),
        (clerk, school, ["schools"]),
        (clerk, district.other.pk, ["pupils"]),
        (officer, school, ["pupils"]),
        (district.world.reader(district.world.director), None, ["pupils"]),
    ):
        with pytest.raises(NotAllowed):
            require_import(reader, bureau_id=bureau, school_id=place, datasets=datasets)


def test_a_workbook_with_more_than_its_sender_may_import_is_refused(district: District) -> None:
    source = district.send("rooms", district.rows("rooms")[:1])
    with everything(reason="test"), pytest.raises(NotAllowed, match="用房"):
        services.import_check(import_id=source.pk, allowed=["pupils"])


def test_many_lost_rows_need_a_reason(district: District) -> None:
    rooms = district.rows("rooms")
    source = district.send("rooms", rooms[10:], is_whole=True)
    with everything(reason="test"):
        (alarm,) = selectors.alarms_of(source)
    assert (alarm.kind, alarm.n, alarm.of) == ("lost", 10, len(rooms))
    with pytest.raises(DataError, match=f"10 of {len(rooms)} rows"):
        district.apply(source)
    with everything(reason="test"):
        with pytest.raises(DataError, match="say why"):
            services.import_confirm(source=source, by=district.world.officer.pk, why="  ")
        services.import_confirm(source=source, by=district.world.officer.pk, why="两校合并")
    assert district.apply(source).confirmed_why == "两校合并"


def test_a_file_refused_in_large_part_is_doubted_as_a_whole(district: District) -> None:
    rooms = [{**row, "room_kind": "x"} for row in district.rows("rooms")[:6]]
    source = district.send("rooms", [*rooms, *district.rows("rooms")[6:]])
    with everything(reason="test"):
        assert [alarm.kind for alarm in selectors.alarms_of(source)] == ["rejected"]


def test_files_and_previews_are_cleared_away_and_history_stays(district: District) -> None:
    waiting = district.send("rooms", [{**district.rows("rooms")[0], "area_m2": "1"}])
    applied = district.send("grounds", district.rows("grounds")[:1], by=district.world.director)
    district.apply(applied)
    with everything(reason="test"):
        now = timezone.now()
        assert services.imports_clean_up(now=now) == 0
        assert services.imports_clean_up(now=now + timedelta(days=8)) == 1
        waiting.refresh_from_db()
        assert (waiting.state, waiting.content) == (State.DISCARDED, "")
        assert not PreviewPart.objects.exists()
        assert Import.objects.count() == 2

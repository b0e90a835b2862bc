"""Requests of persons: recorded, approved by another, carried out by a job, fetched once."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.privacy.conftest import IDENTITY, School, signed_in
from tests.apps.privacy.test_subjects import ended

from junheng.apps.accounts.api import reader_on
from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock, policies
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.jobs.api import run_worker
from junheng.apps.privacy.models import (
    People,
    SubjectAct,
    SubjectCopy,
    SubjectRequest,
    SubjectState,
)
from junheng.apps.privacy.policies import SubjectCopyPolicy, SubjectRequestPolicy
from junheng.apps.privacy.retention import retention_run
from junheng.apps.privacy.rules import requesting
from junheng.apps.privacy.subject_requests import (
    Told,
    due_on,
    subject_copy_fetch,
    subject_request_carry_out,
    subject_request_decide,
    subject_request_record,
)
from junheng.apps.registry.api import Pupil
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from django.test import Client

    from junheng.apps.accounts.models import User

PAGE = "/privacy/subjects/"
FORM = {"people": "pupils", "number": "P1", "asker": "Guardian", "asked_on": "2025-10-01"}


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_the_last_day_is_a_working_day_after_so_many(asked_on: date, n: int) -> None:
    due = due_on(asked_on, n)
    between = (asked_on + timedelta(days=k) for k in range(1, (due - asked_on).days + 1))
    assert sum(day.weekday() < 5 for day in between) == n
    assert due.weekday() < 5


def recorded(school: School, by: User, act: SubjectAct, number: str = "P1") -> SubjectRequest:
    who = reader_on(by, clock.today())
    told = Told(People.PUPILS, number, act, "Guardian", date(2025, 10, 1))
    with within(who.scope):
        return subject_request_record(told=told, by=who, now=clock.now())


def decided(by: User, request: SubjectRequest) -> SubjectRequest:
    who = reader_on(by, clock.today())
    with within(who.scope):
        return subject_request_decide(who, request.pk, is_approved=True, now=clock.now())


def carried_out(request: SubjectRequest) -> SubjectRequest:
    with everything(reason="test"):
        return subject_request_carry_out(request.pk, now=clock.now())


def fetched(by: User, request: SubjectRequest, now: datetime | None = None) -> bytes:
    who = reader_on(by, clock.today())
    with within(who.scope):
        return subject_copy_fetch(who, request.pk, now=now or clock.now())


def test_a_copy_is_made_and_fetched_once_by_who_recorded_it(school: School) -> None:
    world = school.world
    request = recorded(school, world.clerk, SubjectAct.COPY)
    assert (request.school_id, request.due_on) == (world.primary.pk, date(2025, 10, 22))
    assert carried_out(request).state == SubjectState.DONE
    with pytest.raises(NotAllowed):
        fetched(world.head, request)
    with zipfile.ZipFile(io.BytesIO(fetched(world.clerk, request))) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("person-pupils-P1.json"))
    assert names == ["person-pupils-P1.json", "person-pupils-P1.xlsx"]
    assert told["pupils"][0]["identity_number"] == IDENTITY
    assert told["requests"][0]["asker"] == "Guardian"
    with pytest.raises(DataError, match="no copy to fetch"):
        fetched(world.clerk, request)


def test_an_old_copy_cannot_be_fetched_and_goes_in_the_night(school: School) -> None:
    request = recorded(school, school.world.clerk, SubjectAct.COPY)
    carried_out(request)
    later = clock.now() + timedelta(days=requesting().copy_days)
    with pytest.raises(DataError, match="too old"):
        fetched(school.world.clerk, request, later)
    retention_run(later + timedelta(minutes=1))
    with everything(reason="test"):
        assert not SubjectCopy.objects.exists()
        assert SubjectRequest.objects.exists()


def test_a_deletion_takes_a_second_person_and_forgets(school: School) -> None:
    world = school.world
    ended(school)
    request = recorded(school, world.head, SubjectAct.DELETE)
    assert carried_out(request).state == SubjectState.WAITING
    with pytest.raises(NotAllowed):
        decided(world.head, request)
    decided(world.director, request)
    with pytest.raises(DataError, match="decided already"):
        decided(world.officer, request)
    done = carried_out(request)
    assert (done.state, done.decided_by) == (SubjectState.DONE, world.director)
    assert carried_out(request).done_at == done.done_at
    with everything(reason="test"):
        assert not Pupil.objects.filter(code="P1").exists()
        (entry,) = AuditEntry.objects.filter(act="erased")
    assert (entry.user_id, str(request.pk) in entry.detail) == (world.director.pk, True)


def test_what_the_law_keeps_is_the_answer_and_nothing_is_lost(school: School) -> None:
    request = recorded(school, school.world.clerk, SubjectAct.DELETE)
    decided(school.world.head, request)
    done = carried_out(request)
    assert done.state == SubjectState.IMPOSSIBLE
    assert "kept by law" in str(done.outcome)
    with everything(reason="test"):
        assert Pupil.objects.filter(code="P1").exists()


def test_copies_of_who_is_forgotten_go_with_them(school: School) -> None:
    world = school.world
    ended(school)
    carried_out(recorded(school, world.clerk, SubjectAct.COPY))
    request = recorded(school, world.clerk, SubjectAct.DELETE)
    decided(world.head, request)
    carried_out(request)
    with everything(reason="test"):
        assert not SubjectCopy.objects.exists()


@pytest.mark.parametrize(
    ("number", "asked_on", "match"),
    [("P9", date(2025, 10, 1), "Nobody"), ("P1", date(2999, 1, 1), "yet to come")],
)
def test_what_makes_no_sense_is_refused(
    school: School, number: str, asked_on: date, match: str
) -> None:
    who = reader_on(school.world.clerk, clock.today())
    told = Told(People.PUPILS, number, SubjectAct.COPY, "Guardian", asked_on)
    with within(who.scope), pytest.raises(DataError, match=match):
        subject_request_record(told=told, by=who, now=clock.now())


def test_the_same_is_not_asked_for_twice(school: School) -> None:
    recorded(school, school.world.clerk, SubjectAct.DELETE)
    with pytest.raises(DataError, match="asked for already"):
        recorded(school, school.world.officer, SubjectAct.DELETE)


def test_others_record_nothing_of_these_people(school: School) -> None:
    world = school.world
    for who in (world.other_head, world.outsider, world.administrator):
        with pytest.raises(DataError, match="Nobody"):
            recorded(school, who, SubjectAct.COPY)


def test_policies_agree_on_objects_and_lists(school: School) -> None:
    carried_out(recorded(school, school.world.clerk, SubjectAct.COPY))
    recorded(school, school.world.officer, SubjectAct.DELETE)
    with everything(reason="test"):
        readers = [school.world.reader(user) for user in school.world.people]
        pairs: list[tuple[Any, Any]] = [
            (SubjectRequestPolicy(), SubjectRequest.objects.all()),
            (SubjectCopyPolicy(), SubjectCopy.objects.all()),
        ]
        for policy, rows in pairs:
            assert policies.disagreements(policy, readers, rows) == []


def test_the_page_from_recording_to_the_answer(client: Client, school: School) -> None:
    world = school.world
    ended(school)
    signed_in(client, world.clerk)
    assert client.post(PAGE, FORM | {"act": "delete"}).status_code == 302
    assert client.post(PAGE, FORM | {"act": "copy"}).status_code == 302
    bad = client.post(PAGE, FORM | {"act": "copy", "number": "P9"})
    assert (bad.status_code, len(bad.context["form"].errors)) == (422, 1)
    run_worker(until_idle=True)
    listed = {one.what: one for one in client.get(PAGE).context["requests"]}
    copy, deletion = listed["Pupil · A copy of what is held"], listed["Pupil · Deletion"]
    assert (copy.can_fetch, deletion.can_decide, deletion.is_late) == (True, False, True)
    reply = client.post(f"{PAGE}{copy.id}/fetch")
    assert (reply.headers["Content-Type"], reply.headers["Cache-Control"]) == (
        "application/zip",
        "no-store",
    )
    signed_in(client, world.head)
    assert client.post(f"{PAGE}{deletion.id}/decide", {"act": "approve"}).status_code == 302
    run_worker(until_idle=True)
    shown = {one.what: one for one in client.get(PAGE).context["requests"]}["Pupil · Deletion"]
    assert shown.state == "Carried out"
    assert "Forgotten" in shown.outcome

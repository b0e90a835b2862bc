"""Requests of a person about their own data: recorded, approved by a second person, carried out."""

from __future__ import annotations

import base64
import io
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.accounts.api import Place
from junheng.apps.audit.api import record
from junheng.apps.foundation import clock, policies
from junheng.apps.jobs.messages import to_json
from junheng.apps.privacy.forgetting import subject_forget
from junheng.apps.privacy.models import (
    People,
    SubjectAct,
    SubjectCopy,
    SubjectRequest,
    SubjectState,
)
from junheng.apps.privacy.policies import DECIDE
from junheng.apps.privacy.rules import requesting
from junheng.apps.privacy.subjects import Subject, held_about, subject_export
from junheng.apps.privacy.watermarks import watermark_of
from junheng.apps.registry.api import Employment, Enrolment, Pupil, Staff
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.i18n import Message

KIND = "privacy.SubjectRequest"
SATURDAY = 5


@dataclass(frozen=True)
class Told:
    """A request as it is recorded."""

    people: People
    number: str
    act: SubjectAct
    asker: str
    asked_on: date


def due_on(asked_on: date, working_days: int) -> date:
    """Return the day by which a request is answered; the day it arrived is not counted.

    >>> due_on(date(2026, 3, 6), 1)
    datetime.date(2026, 3, 9)
    >>> due_on(date(2026, 3, 2), 15)
    datetime.date(2026, 3, 23)
    """
    day = asked_on
    while working_days:
        day += timedelta(days=1)
        working_days -= day.weekday() < SATURDAY
    return day


def recorded_by(reader: Reader) -> tuple[People, ...]:
    """Return for whose data the reader records requests."""
    found = requesting().recorders
    return tuple(people for people in People if found[people.value] & reader.roles)


def requests_visible_to(reader: Reader) -> QuerySet[SubjectRequest]:
    """Return the requests the reader may see, newest first."""
    return policies.visible(reader, SubjectRequest.objects.all())


def request_of(reader: Reader, request_id: UUID, *, for_update: bool = False) -> SubjectRequest:
    """Return a request; NotFound for one that is not there or not the reader's to see."""
    rows = requests_visible_to(reader)
    if for_update:
        rows = rows.select_for_update()
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound(say("There is no such request, or it is not yours to see."))
    return found


@transaction.atomic
def subject_request_record(*, told: Told, by: Reader, now: datetime) -> SubjectRequest:
    """Record a request; a copy is ready to be made, a deletion waits for a second person.

    DataError for a number that nobody in reach bears, a day that is yet to come, and a request for
    the same that is open.
    """
    if told.asked_on > clock.today(now):
        raise DataError(say("The day on which it was asked for is yet to come."))
    bureau_id, school_id = _place_of(told, by)
    same = SubjectRequest.objects.filter(
        bureau=bureau_id,
        people=told.people,
        number=told.number,
        act=told.act,
        state__in=(SubjectState.WAITING, SubjectState.RUNNING),
    )
    if same.exists():
        raise DataError(say("The same is asked for already and is not answered yet."))
    is_copy = told.act == SubjectAct.COPY
    made = SubjectRequest.objects.create(
        bureau_id=bureau_id,
        school_id=school_id,
        people=told.people,
        number=told.number,
        act=told.act,
        asker=told.asker,
        asked_on=told.asked_on,
        due_on=due_on(told.asked_on, requesting().answer_working_days),
        recorded_by_id=by.user_id,
        recorded_at=now,
        state=SubjectState.RUNNING if is_copy else SubjectState.WAITING,
    )
    record("decide", reader=by, kind=KIND, keys=[f"{made.pk} recorded"])
    return made


def _place_of(told: Told, by: Reader) -> tuple[int, int | None]:
    """Return bureau and school (None: the bureau itself) at which the reader records a request.

    A post of the bureau before one of a school, where the person is, or was last, in its reach.
    """
    recorders = requesting().recorders[told.people.value]
    posts = [post for post in by.posts if post.role.value in recorders]
    lies = _schools_of(told, by)
    for post in sorted(posts, key=lambda post: post.place is not Place.BUREAU):
        for bureau_id, school_id in lies:
            if post.lies_over(bureau_id, school_id):
                return bureau_id, None if post.place is Place.BUREAU else school_id
    raise DataError(
        say("Nobody of the number {number} is there, or not within your reach.", number=told.number)
    )


def _schools_of(told: Told, by: Reader) -> list[tuple[int, int]]:
    """Return bureau and school of each record of a person that the reader sees, newest first."""
    if told.people == People.PUPILS:
        pupils = policies.visible(by, Pupil.objects.filter(code=told.number))
        enrolled = Enrolment.objects.filter(pupil__in=pupils).order_by("-from_date")
        return list(enrolled.values_list("bureau", "school_class__school"))
    staff = policies.visible(by, Staff.objects.filter(code=told.number))
    employed = Employment.objects.filter(staff__in=staff).order_by("-from_date")
    return list(employed.values_list("bureau", "school"))


@transaction.atomic
def subject_request_decide(
    reader: Reader, request_id: UUID, *, is_approved: bool, now: datetime
) -> SubjectRequest:
    """Approve or refuse a deletion that somebody else recorded.

    NotFound and NotAllowed as the policy says; DataError when it was decided already.
    """
    found = request_of(reader, request_id, for_update=True)
    policies.require(reader, DECIDE, found)
    if found.state != SubjectState.WAITING:
        raise DataError(say("This request was decided already."))
    found.state = SubjectState.RUNNING if is_approved else SubjectState.REFUSED
    found.decided_by_id, found.decided_at = reader.user_id, now
    found.save(update_fields=["state", "decided_by", "decided_at"])
    record("decide", reader=reader, kind=KIND, keys=[f"{found.pk} {found.state}"])
    return found


@transaction.atomic
def subject_request_carry_out(request_id: UUID | str, *, now: datetime) -> SubjectRequest:
    """Make the copy or forget the person; the caller opens a scope without limit.

    A second call changes nothing. What the law or the data do not allow is the outcome.
    """
    found = SubjectRequest.objects.select_for_update().get(pk=request_id)
    if found.state != SubjectState.RUNNING:
        return found
    subject = Subject(found.bureau, found.people, found.number)
    try:
        with transaction.atomic():
            outcome = _copied(found, subject, now) if found.act == SubjectAct.COPY else None
            outcome = outcome or _forgotten(found, subject, now)
        found.state = SubjectState.DONE
    except (DataError, NotFound) as error:
        outcome, found.state = error.message, SubjectState.IMPOSSIBLE
    found.outcome, found.done_at = to_json(outcome), now
    found.save(update_fields=["state", "outcome", "done_at"])
    return found


def _copied(request: SubjectRequest, subject: Subject, now: datetime) -> Message:
    held = held_about(subject, clock.today(now))
    mark = watermark_of(request.recorded_by.username, purpose="request", now=now, language="zh")
    with tempfile.TemporaryDirectory(prefix="junheng-subject-") as folder:
        files = subject_export(held, Path(folder), purpose="request", watermark=mark, now=now)
        content = _zipped(files)
    SubjectCopy.objects.create(
        request=request, made_at=now, content=base64.b64encode(content).decode()
    )
    return say(
        "{n} lines were collected. Fetch them within {days} days, once.",
        n=held.n_lines,
        days=requesting().copy_days,
    )


def _zipped(files: tuple[Path, ...]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return content.getvalue()


def _forgotten(request: SubjectRequest, subject: Subject, now: datetime) -> Message:
    why = f"request {request.pk}"
    gone = subject_forget(subject, why=why, by=request.decided_by_id, now=now)
    return say(
        "Forgotten: {rows} rows, {consents} consents, {files} waiting files; {lines} lines of the "
        "journal can no longer be read.",
        rows=gone.n_rows,
        consents=gone.n_consents,
        files=gone.n_files,
        lines=gone.n_lines,
    )


@transaction.atomic
def subject_copy_fetch(reader: Reader, request_id: UUID, *, now: datetime) -> bytes:
    """Return the copy as a ZIP and drop it here.

    NotAllowed for whoever did not record the request; DataError where there is no copy any more.
    """
    found = request_of(reader, request_id, for_update=True)
    if found.recorded_by_id != reader.user_id:
        raise NotAllowed(say("Whoever recorded a request fetches its copy."))
    kept = policies.visible(reader, SubjectCopy.objects.filter(request=found)).first()
    if kept is None or now >= kept.made_at + timedelta(days=requesting().copy_days):
        raise DataError(say("There is no copy to fetch: it was fetched, or is too old. Ask again."))
    content = base64.b64decode(kept.content)
    kept.delete()
    kind = f"dataset:{found.people}"
    record("export", reader=reader, kind=kind, purpose="request", n_rows=1, detail=str(found.pk))
    return content

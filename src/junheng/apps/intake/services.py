"""Writes of imports: receive, check, apply, undo, discard, clean up.

A file is received and checked outside any transaction of its own length, so that a long check
holds no lock. Applying and undoing run in one transaction each, with the row of the bureau locked
first: two of them never run side by side in one bureau.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock, journal, scoping
from junheng.apps.foundation.journal import Changed
from junheng.apps.intake import marking, preview
from junheng.apps.intake.applying import (
    MAX_REASON,
    lock,
    part_row,
    put_on_record,
    stopped,
    without_collector,
    write,
)
from junheng.apps.intake.examining import Aim, examined
from junheng.apps.intake.guarding import Alarm, alarms
from junheng.apps.intake.models import OPEN, Import, ImportPart, PreviewPart, State
from junheng.apps.intake.rereading import file_of, forget, keep, looked_again
from junheng.apps.intake.stored import fault_to_json, pack
from junheng.apps.intake.undoing import turned_round
from junheng.apps.intake.writing import write_changes
from junheng.apps.jobs.api import enqueue, progress
from junheng.engine.store.session import Session
from junheng.errors import DataError, Fault, NotAllowed, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django_tasks.base import Task

    from junheng.apps.intake.examining import Examined
    from junheng.apps.registry.api import Bureau, School, SchoolYear

KEPT_FOR = timedelta(days=7)


class Aged(DataError):
    """The preview no longer tells what applying would do."""


class Superseded(DataError):
    """Whoever sent the file sent a newer one for the same before this one was checked."""


@dataclass(frozen=True)
class Source:
    """A file as it was sent: its name, its bytes, the id of who sent it, and a program's key."""

    name: str
    content: bytes
    by: int | None
    key: str = ""


# --- receiving and checking -----------------------------------------------------------------------


def check_size(*, name: str, n_bytes: int) -> None:
    """Refuse a file above the limit before it is read; TableFaults says so."""
    if n_bytes > settings.UPLOAD_LIMIT_MB * 1024 * 1024:
        found = say("is larger than {limit} MB.", limit=settings.UPLOAD_LIMIT_MB)
        raise TableFaults([Fault(found, say("Divide it by school or by dataset."), source=name)])


@transaction.atomic
def import_receive(
    *,
    bureau: Bureau,
    school_year: SchoolYear,
    source: Source,
    datasets: Collection[str] = (),
    school: School | None = None,
    is_whole: bool = False,
) -> Import:
    """Keep a file, to be checked; files for the same that still wait are superseded by it.

    `datasets` none: those that the sheets of the file are named after. `school`: the rows of this
    school alone. Imports that are old are cleared away on the occasion. Two files that one person
    sends at once are received one after the other: the later one counts.
    """
    check_size(name=source.name, n_bytes=len(source.content))
    lock_sender(source.by)
    imports_clean_up(now=clock.now())
    received = Import.objects.create(
        bureau=bureau,
        school=school,
        school_year=school_year,
        sent_by_id=source.by,
        sent_at=clock.now(),
        sent_key=source.key,
        file_name=source.name[-255:],
        file_sha256=sha256(source.content).hexdigest(),
        n_bytes=len(source.content),
        content=base64.b64encode(source.content).decode(),
        is_whole=is_whole,
    )
    _name_parts(received, datasets)
    _supersede(received, datasets)
    return received


def lock_sender(user_id: int | None) -> None:
    """Let one person send one file at a time; the lock goes with the transaction."""
    if user_id is not None:
        # What others write about the person by their id need not wait.
        User.objects.select_for_update(no_key=True).get(pk=user_id)


@without_collector()
def import_check(
    *,
    import_id: UUID | str,
    allowed: Collection[str] | None = None,
    is_aged: bool = False,
    language: str = "zh",
) -> Import:
    """Read a received file and keep what it would change, or all that is wrong with it.

    Of a faulty file that could be read a workbook with its faults marked is kept, in `language`.
    Nothing else is written. A file that was checked before is checked again; `is_aged` notes that
    its former preview no longer held. NotAllowed for a file with datasets beyond `allowed`;
    Superseded for one whose place a newer file took.
    """
    source = _get(import_id)
    _check_open(source)
    wanted = [part.dataset for part in source.parts.all()]
    aim, name = _aim(source), source.file_name
    with file_of(source) as path, examined(aim, path, name, wanted=wanted) as found:
        _check_allowed(found, allowed)
        progress(0.4, say("Keeping the preview ..."))
        marked = marking.marked(found, path.parent, language)
        with transaction.atomic():
            source = _locked(import_id)
            _check_open(source)
            source.is_aged = is_aged
            _keep(source, aim, found)
            marking.keep(source, marked, language)
    return source


def _check_open(source: Import) -> None:
    if source.state == State.SUPERSEDED:
        raise Superseded(say("A newer file of yours took the place of this one; nothing changed."))
    if not source.is_open:
        raise DataError(say("This file is no longer waiting."))


def _check_allowed(found: Examined, allowed: Collection[str] | None) -> None:
    refused = [
        p.contract for p in found.parts if allowed is not None and p.contract.id not in allowed
    ]
    if refused:
        names = "、".join(contract.name.zh for contract in refused)
        raise NotAllowed(
            say("Your posts of today do not import these datasets: {names}.", names=names)
        )


def _keep(source: Import, aim: Aim, found: Examined) -> None:
    PreviewPart.objects.filter(part__source=source).delete()
    forget(source)
    if found.parts:
        source.parts.all().delete()
    for position, part in enumerate(found.parts):
        row = part_row(source, position, part)
        preview.keep(row, part)
        if not found.n_faults:
            keep(row, part, aim)
    source.n_faults = found.n_faults
    source.faults = pack([fault_to_json(fault) for fault in (*found.faults(), *found.conflicts())])
    source.alarms = [asdict(alarm) for alarm in alarms(found.parts)]
    source.digest = found.digest()
    source.state = State.FAULTY if found.n_faults else State.CHECKED
    source.confirmed_why = ""
    source.save()


def import_enqueue(*, source: Import, task: Task[Any, Any], by: int, **told: str) -> None:
    """Put checking, applying or undoing into the queue; again after it failed there.

    Asking twice for the same puts it there once. `told` goes to the task.
    """
    with transaction.atomic():
        key = f"intake:{task.module_path}:{source.pk}:{source.job_id}"
        job = enqueue(task, by=by, key=key, import_id=str(source.pk), user_id=by, **told)
        Import.objects.filter(pk=source.pk).update(job_id=job.pk)
    source.refresh_from_db(fields=["job_id"])


# --- applying -------------------------------------------------------------------------------------


def import_confirm(*, source: Import, by: int | None, why: str) -> None:
    """Go on in spite of what the feed guard found, with a reason that the journal keeps."""
    reason = why.strip()[:MAX_REASON]
    if not reason:
        raise DataError(say("Please say why so many rows may go."))
    if source.state != State.CHECKED:
        raise DataError(say("Only a file that was checked without faults can be applied."))
    with transaction.atomic():
        source.confirmed_why = reason
        source.save(update_fields=["confirmed_why"])
        told = Changed(source, {"confirmed_why": ""}, {"confirmed_why": reason})
        journal.record([told], by=by, why="import confirmed", batch=source.batch)


@without_collector()
@transaction.atomic
def import_apply(*, import_id: UUID | str, by: int | None) -> Import:
    """Write a checked file into the registry; a second call returns what the first one did.

    Raises
    ------
    Aged
        What is stored has changed since the preview; check again and look again.
    DataError
        The file has faults, or the feed guard stopped it and nobody confirmed.
    """
    source = _locked(import_id)
    if source.state == State.APPLIED:
        return source
    if source.state != State.CHECKED:
        raise DataError(say("Only a file that was checked without faults can be applied."))
    if source.alarms and not source.confirmed_why:
        raise stopped([Alarm(**alarm) for alarm in source.alarms])
    aim = _aim(source)
    with looked_again(source, aim) as found:
        if found.n_faults or found.digest() != source.digest:
            raise Aged(
                say("The stored rows have changed since the preview. Look at the new preview.")
            )
        write(source, aim, found, by=by)
    forget(source)
    return source


# --- undoing --------------------------------------------------------------------------------------


@without_collector()
@transaction.atomic
def import_undo(*, import_id: UUID | str, by: int | None) -> Import:
    """Take back everything an import wrote; a second call changes nothing.

    Raises
    ------
    StandsInTheWay
        Later imports or edits touched the same rows; it names them.
    TableFaults
        Other rows came to depend on what the import brought.
    """
    source = _locked(import_id)
    if source.state == State.UNDONE:
        return source
    if source.state != State.APPLIED:
        raise DataError(say("Only an import that was applied can be undone."))
    aim = _aim(source)
    source.undo_batch = uuid4()
    with scoping.everything(reason="an import is undone as a whole"), Session() as session:
        progress(0.1, say("Looking at later changes ..."))
        comparisons = turned_round(aim, session, source)
        why = f"undo {source.pk}"
        write_changes(aim.place, comparisons, by=by, why=why, batch=source.undo_batch)
    source.state = State.UNDONE
    source.undone_by_id = by
    source.undone_at = clock.now()
    source.save()
    put_on_record("import_undone", source, comparisons, by=by, batch=source.undo_batch)
    return source


# --- putting away ---------------------------------------------------------------------------------


@transaction.atomic
def import_discard(*, source: Import) -> None:
    """Drop a file that waits; an applied one stays what it is."""
    locked = _locked(source.pk)
    _check_open(locked)
    _put_away(locked, State.DISCARDED)
    source.refresh_from_db()


@transaction.atomic
def imports_clean_up(*, now: datetime) -> int:
    """Empty files and previews older than seven days; return how many imports that were.

    Their lines in the history stay.
    """
    with scoping.everything(reason="files of imports are kept for seven days"):
        old = Import.objects.filter(sent_at__lt=now - KEPT_FOR)
        stale = list(old.filter(state__in=OPEN).select_for_update(of=("self",)))
        for source in stale:
            _put_away(source, State.DISCARDED)
        PreviewPart.objects.filter(part__source__in=old).delete()
        return len(stale)


def _put_away(source: Import, state: State) -> None:
    PreviewPart.objects.filter(part__source=source).delete()
    forget(source)
    marking.forget(source)
    source.state, source.content, source.faults = state, "", ""
    source.save(update_fields=["state", "content", "faults"])


def _supersede(newer: Import, datasets: Collection[str]) -> None:
    same = Import.objects.filter(
        bureau=newer.bureau_id,
        school=newer.school_id,
        school_year=newer.school_year_id,
        sent_by=newer.sent_by_id,
        state__in=OPEN,
    ).exclude(pk=newer.pk)
    for older in same.prefetch_related("parts"):
        if {part.dataset for part in older.parts.all()} <= set(datasets):
            _put_away(older, State.SUPERSEDED)


# --- what they share ------------------------------------------------------------------------------


def _name_parts(source: Import, datasets: Collection[str]) -> None:
    ImportPart.objects.bulk_create(
        ImportPart(source=source, position=position, dataset=dataset)
        for position, dataset in enumerate(dict.fromkeys(datasets))
    )


def _aim(source: Import) -> Aim:
    schools = None if source.school is None else frozenset({source.school.identifier})
    return Aim(source.bureau, source.school_year.starts_on.year, schools, source.is_whole)


def _get(import_id: UUID | str) -> Import:
    rows = Import.objects.select_related("bureau", "school", "school_year")
    return rows.get(pk=import_id)


def _locked(import_id: UUID | str) -> Import:
    """Return an import with its bureau locked until the transaction ends."""
    lock(_get(import_id).bureau)
    return _get(import_id)

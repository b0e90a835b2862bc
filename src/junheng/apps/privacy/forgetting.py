"""Forgetting a person: rows, history, uploads and, by the key's end, journal and pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from junheng.apps.accounts.models import Post
from junheng.apps.audit.api import record
from junheng.apps.foundation import clock, person_keys
from junheng.apps.foundation.models import Change
from junheng.apps.intake.applying import lock
from junheng.apps.intake.models import (
    OPEN,
    CheckedRows,
    Import,
    PreviewPart,
    RegisterSample,
)
from junheng.apps.intake.services import import_discard
from junheng.apps.privacy.models import SubjectCopy
from junheng.apps.privacy.subjects import DATASETS, consents_about, stored_rows
from junheng.apps.registry.api import RowChange, target
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from junheng.apps.privacy.subjects import StoredRow, Subject


@dataclass(frozen=True)
class Forgotten:
    """What went: rows, consents, waiting files that were dropped, lines of the journal.

    `n_lines_left` are lines of the journal from before persons had keys: they are encrypted under
    the ring of the fields and stay readable to whoever holds it.
    """

    n_rows: int
    n_consents: int
    n_files: int
    n_lines: int
    n_lines_left: int


@transaction.atomic
def subject_forget(subject: Subject, *, why: str, by: int | None, now: datetime) -> Forgotten:
    """Forget a person; the caller opens a scope without limit.

    Raises
    ------
    DataError
        The person is enrolled or employed today: their record is kept by law. Or other rows still
        refer to them. Nothing has changed then.
    """
    lock(subject.bureau)
    rows = stored_rows(subject, clock.today(now))
    _require_ended(subject, rows, now)
    consents = consents_about(subject)
    for consent in consents:
        consent.delete()
    if subject.people == "pupils":
        Post.objects.filter(pupil__bureau=subject.bureau, pupil__code=subject.number).delete()
    SubjectCopy.objects.filter(
        request__bureau=subject.bureau,
        request__people=subject.people,
        request__number=subject.number,
    ).delete()
    _remove(rows, by)
    n_files = _drop_files(subject)
    n_lines, n_left = _lines(subject)
    person_keys.destroy(subject.key_subject, now=now)
    kind = f"dataset:{subject.people}"
    record(
        "erased", reader=None, user_id=by, kind=kind, n_rows=len(rows), detail=why,
        keys=[subject.key_start],
    )  # fmt: skip
    return Forgotten(len(rows), len(consents), n_files, n_lines, n_left)


def _require_ended(subject: Subject, rows: Sequence[StoredRow], now: datetime) -> None:
    today = clock.today(now).isoformat()
    listed = (one.row for one in rows if one.dataset == subject.people)
    if any((row["to_date"] or today) >= today for row in listed):
        raise DataError(
            say(
                "{number} is enrolled or employed: the record is kept by law. Close it first, or "
                "correct what is wrong in it.",
                number=subject.number,
            )
        )


def _remove(rows: Sequence[StoredRow], by: int | None) -> None:
    """Remove rows through their targets, place by place, as any other change."""
    batch = uuid4()
    for dataset in dict.fromkeys(one.dataset for one in rows):
        own = [one for one in rows if one.dataset == dataset]
        for place in dict.fromkeys(one.place for one in own):
            changes = [RowChange(one.key, one.row, None) for one in own if one.place == place]
            target(dataset).write(place, changes, by=by, why="forget", batch=batch)


def _drop_files(subject: Subject) -> int:
    """Drop what was sent and may name the person: waiting files, previews, samples.

    Files are sealed as a whole and are kept for days only: each is dropped that holds such people.
    """
    datasets = DATASETS[subject.people]
    sent = Import.objects.filter(bureau=subject.bureau, parts__dataset__in=datasets).distinct()
    waiting = list(sent.filter(state__in=OPEN).defer("content", "faults"))
    for source in waiting:
        import_discard(source=source)
    of_people = {"part__source__bureau": subject.bureau, "part__dataset__in": datasets}
    PreviewPart.objects.filter(**of_people).delete()
    CheckedRows.objects.filter(**of_people).delete()
    samples = RegisterSample.objects.filter(bureau=subject.bureau, dataset__in=datasets)
    return len(waiting) + samples.delete()[0]


def _lines(subject: Subject) -> tuple[int, int]:
    """Return how many lines of the journal the key's end takes, and how many it cannot."""
    under_key = under_ring = 0
    for dataset in DATASETS[subject.people]:
        lines = Change.objects.filter(kind=f"dataset:{dataset}", key__startswith=subject.key_start)
        for entry in lines:
            for stored in filter(None, (entry.old, entry.new)):
                sealed = str(stored.get("encrypted", ""))
                under_key += sealed.startswith(person_keys.MARK)
                under_ring += bool(sealed) and not sealed.startswith(person_keys.MARK)
    return under_key, under_ring

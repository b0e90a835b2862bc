"""Everything held about one person: collected for them, handed to them, forgotten."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.audit.api import record
from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import journal
from junheng.apps.foundation.models import Change
from junheng.apps.foundation.person_keys import subject_of
from junheng.apps.intake.models import Import
from junheng.apps.privacy.models import Consent, SubjectRequest
from junheng.apps.registry.api import Bureau, Employment, Enrolment, Place, rows_by_number
from junheng.engine import contracts
from junheng.engine.store.workbook import SheetData, write_workbook
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path
    from uuid import UUID

    from junheng.engine.store.watermark import Watermark

Told = dict[str, str]

DATASETS: Mapping[str, tuple[str, ...]] = {
    "pupils": ("pupils",),
    "staff": ("teaching", "training", "staff"),
}
"""Datasets that hold rows of a person, by the one that lists such persons; listed last."""


@dataclass(frozen=True)
class Subject:
    """A person of a bureau: a pupil (`people` "pupils") or member of staff, by number."""

    bureau: Bureau
    people: str
    number: str

    @property
    def key_subject(self) -> str:
        """What names the person among the keys of persons."""
        field_id = contracts.contract(self.people).key[0]
        return subject_of(self.bureau.code, field_id, self.number)

    @property
    def key_start(self) -> str:
        """How keys of the person's rows begin in the journal."""
        return f"{self.bureau.code}/{self.number}/"


@dataclass(frozen=True)
class StoredRow:
    """A row as it is stored, and a place through which it is reached."""

    dataset: str
    place: Place
    row: Mapping[str, str | None]

    @property
    def key(self) -> tuple[str, ...]:
        """Values of the key."""
        return tuple(self.row[name] or "" for name in contracts.contract(self.dataset).key)


@dataclass(frozen=True)
class Held:
    """Everything held about a person, by where it lies; each line by field."""

    subject: Subject
    sections: Mapping[str, list[Told]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is held."""
        return not any(self.sections.values())

    @property
    def n_lines(self) -> int:
        """How many lines there are in all sections."""
        return sum(map(len, self.sections.values()))


def held_about(subject: Subject, today: date) -> Held:
    """Return everything held about a person; the caller opens a scope without limit.

    NotFound when nothing is.
    """
    changes = list(_changes(subject))
    sections: dict[str, list[Told]] = {dataset: [] for dataset in DATASETS[subject.people]}
    for one in stored_rows(subject, today):
        sections[one.dataset].append({name: value or "" for name, value in one.row.items()})
    sections["journal"] = [told for told, _ in changes]
    sections["imports"] = _imports({batch for _, batch in changes})
    sections["consents"] = _consents(subject)
    sections["requests"] = _requests(subject)
    sections["audit"] = _audit(subject)
    held = Held(subject, sections)
    if held.is_empty:
        raise NotFound(say("Nothing is held about {number}.", number=subject.number))
    return held


def stored_rows(subject: Subject, today: date) -> list[StoredRow]:
    """Return the live rows of a person of every school year, those that others hang on last."""
    found = []
    for dataset in DATASETS[subject.people]:
        seen = set()
        for year in _years(subject, today):
            place = Place(subject.bureau.pk, year)
            for row in rows_by_number(dataset, place, subject.number):
                one = StoredRow(dataset, place, row)
                if one.key not in seen:
                    seen.add(one.key)
                    found.append(one)
    return found


def _years(subject: Subject, today: date) -> range:
    """Return the school years in which the person can have rows."""
    rows = (
        Enrolment.objects.filter(bureau=subject.bureau, pupil__code=subject.number)
        if subject.people == "pupils"
        else Employment.objects.filter(bureau=subject.bureau, staff__code=subject.number)
    )
    begun = [from_date.year for from_date in rows.values_list("from_date", flat=True)]
    # A year before and after: school years begin in autumn, training is by calendar year.
    return range(min(begun, default=today.year) - 1, max([today.year, *begun]) + 2)


def _changes(subject: Subject) -> Iterator[tuple[Told, UUID | None]]:
    for dataset in DATASETS[subject.people]:
        kind = journal.DATASET + dataset
        keys = Change.objects.filter(kind=kind, key__startswith=subject.key_start)
        for key in sorted(set(keys.values_list("key", flat=True))):
            for entry, row in journal.row_history(dataset, key):
                yield _change_told(entry, row), entry.batch


def _change_told(entry: Change, row: journal.RowChanged) -> Told:
    return {
        "at": entry.at.isoformat(),
        "dataset": row.dataset,
        "key": row.key,
        "why": entry.why,
        "old": _as_text(row.old),
        "new": _as_text(row.new),
    }


def _as_text(row: journal.Row | None) -> str:
    return "" if row is None else json.dumps(dict(row), ensure_ascii=False)


def _imports(batches: set[UUID | None]) -> list[Told]:
    rows = Import.objects.filter(batch__in=[b for b in batches if b]).order_by("sent_at")
    return [
        {"file": one.file_name, "sent_at": one.sent_at.isoformat(), "state": one.state}
        for one in rows.defer("content", "faults")
    ]


def consents_about(subject: Subject) -> list[Consent]:
    """Return the consents given for a pupil; none for staff."""
    if subject.people != "pupils":
        return []
    rows = Consent.objects.filter(bureau=subject.bureau, pupil__code=subject.number)
    return list(rows.order_by("pk"))


def _consents(subject: Subject) -> list[Told]:
    return [
        {
            "purpose": one.purpose,
            "version": one.version,
            "given_by": one.given_by,
            "guardian": one.guardian,
            "channel": one.channel,
            "from_date": one.from_date.isoformat(),
            "withdrawn_on": one.withdrawn_on.isoformat() if one.withdrawn_on else "",
        }
        for one in consents_about(subject)
    ]


def _requests(subject: Subject) -> list[Told]:
    rows = SubjectRequest.objects.filter(
        bureau=subject.bureau, people=subject.people, number=subject.number
    )
    return [
        {
            "act": one.act,
            "asker": one.asker,
            "asked_on": one.asked_on.isoformat(),
            "state": one.state,
        }
        for one in rows.order_by("recorded_at")
    ]


def _audit(subject: Subject) -> list[Told]:
    rows = AuditEntry.objects.filter(keys__contains=f'"{subject.key_start}').order_by("pk")
    return [
        {"at": one.at.isoformat(), "act": one.act, "kind": one.kind, "purpose": one.purpose}
        for one in rows
    ]


@transaction.atomic
def subject_export(
    held: Held, folder: Path, *, purpose: str, watermark: Watermark, now: datetime
) -> tuple[Path, Path]:
    """Write everything held about a person as JSON and as a workbook; return both files.

    The folder is made if need be. It is put on record.
    """
    folder.mkdir(parents=True, exist_ok=True)
    subject = held.subject
    name = f"person-{subject.people}-{subject.number}"
    as_json, workbook = folder / f"{name}.json", folder / f"{name}.xlsx"
    told = {
        "bureau": subject.bureau.code,
        "people": subject.people,
        "number": subject.number,
        "at": now.isoformat(),
        **held.sections,
    }
    as_json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sheets = {section: _sheet(lines) for section, lines in held.sections.items() if lines}
    write_workbook(workbook, sheets, watermark=watermark)
    record(
        "subject_export",
        reader=None,
        kind=f"dataset:{subject.people}",
        keys=[subject.key_start],
        purpose=purpose,
        n_rows=held.n_lines,
    )
    return as_json, workbook


def _sheet(lines: list[Told]) -> SheetData:
    headers = list(lines[0])
    return SheetData(headers, [[line[name] for name in headers] for line in lines])

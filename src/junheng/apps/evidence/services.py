"""Writes of evidence: file it, add a newer version, withdraw it.

The file is sealed on disk before the transaction that names it: a lock is held for moments, however
large the file. The row of the bureau is locked while it is decided whether the file is there
already or somebody else was faster.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction

from junheng.apps.evidence import storage
from junheng.apps.evidence.content import recognised
from junheng.apps.evidence.models import Evidence, EvidenceVersion
from junheng.apps.evidence.names import cleaned
from junheng.apps.evidence.rules import files
from junheng.apps.foundation import clock, journal, scoping
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.api import Bureau
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.apps.evidence.items import Item
    from junheng.apps.evidence.rules import Kind
    from junheng.apps.evidence.storage import Stored
    from junheng.apps.registry.api import School, SchoolYear

MOST_REASON = 200
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: its name, an open file that can be searched, its length, a note."""

    name: str
    file: BinaryIO
    n_bytes: int
    note: str = ""


@dataclass(frozen=True)
class Place:
    """What evidence is filed under: an item of a rule set in a school year, of whom."""

    bureau: Bureau
    school: School | None
    school_year: SchoolYear
    ruleset_id: str
    item: Item


class SameFile(DataError):
    """The very file is in the binder for this item already, as `evidence`."""

    def __init__(self, name: str, evidence: Evidence) -> None:
        self.evidence = evidence
        super().__init__(
            say(
                "“{name}” is in the binder for this item already, as “{there}”.",
                name=name,
                there=evidence.file_name,
            )
        )


@dataclass(frozen=True)
class _Checked:
    """A file that is taken: its shown name, kind, digest and length, and the note to it."""

    name: str
    kind: Kind
    sha256: str
    n_bytes: int
    note: str


def evidence_add(*, place: Place, sent: Sent, by: int) -> Evidence:
    """File a new piece of evidence.

    Raises
    ------
    Refused
        The file is of no kind that is taken; nothing is kept of it.
    SameFile
        The same file is there already for this item, year and school.
    """
    _check_place(place)
    checked = _checked(sent)
    _check_not_there(place, checked)
    with storage.kept(sent.file) as stored, transaction.atomic():
        _lock(place.bureau)
        _check_not_there(place, checked)
        made = Evidence.objects.create(
            bureau=place.bureau,
            school=place.school,
            school_year=place.school_year,
            ruleset_id=place.ruleset_id,
            item_id=place.item.id,
            file_name=checked.name,
            created_at=clock.now(),
        )
        version = _version(made, 1, checked, stored, by=by)
        told = [Changed(made, None, journal.fields_of(made)), _told(version)]
        journal.record(told, by=by, why="evidence filed")
    return made


def version_add(*, evidence: Evidence, sent: Sent, after: int, by: int) -> EvidenceVersion:
    """File a newer version; `after` is the number of the newest one that the sender knew.

    DataError when somebody added one meanwhile, or withdrew the evidence: nothing is kept then.
    """
    checked = _checked(sent)
    with storage.kept(sent.file) as stored, transaction.atomic():
        _lock(evidence.bureau)
        now = Evidence.objects.get(pk=evidence.pk)
        _check_counts(now)
        newest = now.versions.latest("number")
        if newest.number != after:
            raise DataError(
                say(
                    "Somebody has added version {n} meanwhile. Look at it before you add another.",
                    n=newest.number,
                )
            )
        if newest.sha256 == checked.sha256:
            raise SameFile(checked.name, now)
        version = _version(now, newest.number + 1, checked, stored, by=by)
        renamed = Changed(now, {"file_name": now.file_name}, {"file_name": checked.name})
        now.file_name = checked.name
        now.save(update_fields=["file_name"])
        journal.record([renamed, _told(version)], by=by, why="newer version of evidence")
    return version


def evidence_withdraw(*, evidence: Evidence, why: str, by: int) -> None:
    """Let evidence no longer count; its versions stay where they are.

    DataError without a reason, or when it was withdrawn already.
    """
    reason = " ".join(why.split())[:MOST_REASON]
    if not reason:
        raise DataError(say("Say why it is withdrawn: the reason stays with it."))
    with transaction.atomic():
        _lock(evidence.bureau)
        now = Evidence.objects.get(pk=evidence.pk)
        _check_counts(now)
        before = journal.fields_of(now)
        now.withdrawn_at, now.withdrawn_by_id, now.withdrawn_why = clock.now(), by, reason
        now.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        changed = Changed(now, *journal.difference(before, journal.fields_of(now)))
        journal.record([changed], by=by, why="evidence withdrawn")


def _check_place(place: Place) -> None:
    if place.school is not None and place.school.bureau_id != place.bureau.pk:
        raise DataError(say("The school is of another bureau."))
    if place.school is not None and not place.item.is_of_schools:
        raise DataError(
            say("Item {item} is of the county as a whole: file it without a school.",
                item=place.item.number)
        )  # fmt: skip


def _checked(sent: Sent) -> _Checked:
    name = cleaned(sent.name, most_bytes=files().name_bytes)
    kind = recognised(sent.file, name=name, n_bytes=sent.n_bytes)
    sent.file.seek(0)
    digest = _digest(sent.file)
    note = " ".join(sent.note.split())[: files().note_characters]
    return _Checked(name, kind, digest, sent.n_bytes, note)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while block := file.read(BLOCK):
        found.update(block)
    return found.hexdigest()


def _check_not_there(place: Place, checked: _Checked) -> None:
    there = EvidenceVersion.objects.filter(
        sha256=checked.sha256,
        evidence__bureau=place.bureau,
        evidence__school=place.school,
        evidence__school_year=place.school_year,
        evidence__ruleset_id=place.ruleset_id,
        evidence__item_id=place.item.id,
        evidence__withdrawn_at=None,
    ).select_related("evidence")
    if found := there.first():
        raise SameFile(checked.name, found.evidence)


def _check_counts(evidence: Evidence) -> None:
    if evidence.withdrawn_at is not None:
        raise DataError(
            say(
                "This evidence was withdrawn on {day}: {why}",
                day=clock.today(evidence.withdrawn_at).isoformat(),
                why=evidence.withdrawn_why,
            )
        )


def _version(
    evidence: Evidence, number: int, checked: _Checked, stored: Stored, *, by: int
) -> EvidenceVersion:
    return EvidenceVersion.objects.create(
        evidence=evidence,
        number=number,
        file_name=checked.name,
        kind=checked.kind.id,
        n_bytes=checked.n_bytes,
        sha256=checked.sha256,
        stored_as=stored.name,
        key=stored.key,
        note=checked.note,
        by_id=by,
        at=clock.now(),
    )


def _told(version: EvidenceVersion) -> Changed:
    """Return a version as the journal tells it: without the key, which ends with the file."""
    fields = journal.fields_of(version)
    del fields["key"]
    return Changed(version, None, fields)


def _lock(bureau: Bureau) -> None:
    with scoping.everything(reason="one decision at a time on the evidence of a bureau"):
        Bureau.objects.select_for_update().get(pk=bureau.pk)

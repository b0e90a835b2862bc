"""Writing and reading the journal of changes, inside the transaction of the change itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models.expressions import RawSQL

from junheng.apps.foundation import bulk
from junheng.apps.foundation.clock import now
from junheng.apps.foundation.encryption import (
    BlindIndexField,
    EncryptedTextField,
    decrypt,
    encrypt,
    opener,
    sealer,
)
from junheng.apps.foundation.models import Change
from junheng.apps.foundation.person_keys import MARK, Opener, Sealer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from django.db.models import Model, QuerySet

PURPOSE = "foundation.Change"
DATASET = "dataset:"
Values = dict[str, Any]
Row = Mapping[str, str | None]
Stored = Mapping[str, Any] | None
CHUNK = 2_000
"""Entries read at a time."""


@dataclass(frozen=True)
class Changed:
    """One object and its fields before (None: it is new) and after (None: it is gone)."""

    object: Model
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


def fields_of(instance: Model) -> Values:
    """Return every stored field of an object by name, blind indexes left out."""
    fields = instance._meta.concrete_fields
    return {
        field.name: getattr(instance, field.attname)
        for field in fields
        if not isinstance(field, BlindIndexField)
    }


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Values, Values]:
    """Return the fields that differ, as they were and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def record(
    changed: Iterable[Changed],
    *,
    by: int | None,
    why: str,
    batch: UUID | None = None,
) -> int:
    """Write changes to the journal and return how many; the caller holds the transaction.

    `by` is the id of the user, None for the system itself. Fields that are encrypted in their own
    table are encrypted here.
    """
    rows = [
        Change(
            who_id=by,
            why=why,
            kind=change.object._meta.label,
            key=str(change.object.pk),
            old=_sealed(type(change.object), change.old),
            new=_sealed(type(change.object), change.new),
            batch=batch,
        )
        for change in changed
    ]
    return len(Change.objects.bulk_create(rows, batch_size=500))


@dataclass(frozen=True)
class RowChanged:
    """One row of a dataset: its key as text, the row before (None: new) and after (None: gone).

    `person` names whose row it is, see `person_keys.subject_of`. `is_forgotten`: the person's key
    was destroyed, and what `old` and `new` held with it; they are empty then.
    """

    dataset: str
    key: str
    old: Row | None
    new: Row | None
    person: str = ""
    is_forgotten: bool = False


def record_rows(
    changed: Iterable[RowChanged],
    *,
    by: int | None,
    why: str,
    batch: UUID,
    is_sealed: bool,
) -> int:
    """Write changes of rows of datasets to the journal, and return how many.

    `is_sealed` encrypts each row as one text, under the key of its person where it names one: for
    datasets that tell of single persons.
    """
    seal: Callable[[str, Row | None], str | None] = _plain
    if is_sealed:
        # While rows are copied no key can be looked up.
        changed = list(changed)
        seal = _Seals({change.person for change in changed if change.person}).text
    at = now()
    rows = (
        (
            at, by, why, DATASET + change.dataset, change.key,
            seal(change.person, change.old), seal(change.person, change.new), batch,
        )
        for change in changed
    )  # fmt: skip
    return bulk.insert(Change, ROW_COLUMNS, rows)


_as_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode

ROW_COLUMNS = ("at", "who_id", "why", "kind", "key", "old", "new", "batch")


def _plain(_person: str, row: Row | None) -> str | None:
    return None if row is None else json.dumps(_told(row))


def _told(row: Row) -> dict[str, str]:
    """Return a row without its blanks."""
    return {name: value for name, value in row.items() if value is not None}


class _Seals:
    """Writes rows as sealed JSON: under the keys of persons, else under the ring."""

    def __init__(self, persons: set[str]) -> None:
        self._of_persons = Sealer(persons, purpose=PURPOSE)
        self._of_ring = sealer(PURPOSE)

    def text(self, person: str, row: Row | None) -> str | None:
        if row is None:
            return None
        told = _as_json(_told(row))
        sealed = self._of_persons.seal(person, told) if person else self._of_ring(told)
        # A sealed text is Base64 behind the id of its key: nothing in it needs escaping.
        return f'{{"encrypted": "{sealed}"}}'


def rows_of_batch(batch: UUID) -> Iterator[RowChanged]:
    """Yield what was written for rows of datasets in one act, in the order of writing.

    Blank fields are left out of `old` and `new`.
    """
    entries = Change.objects.filter(batch=batch, kind__startswith=DATASET).order_by("pk")
    opening = _Opening()
    for part in bulk.parts(entries.iterator(chunk_size=CHUNK), CHUNK):
        opening.fetch(part)
        for entry in part:
            yield opening.row(entry)


def row_history(dataset: str, key: str) -> Iterator[tuple[Change, RowChanged]]:
    """Yield every entry of one row of a dataset, oldest first, with the rows opened."""
    opening = _Opening()
    for entry in Change.objects.filter(kind=DATASET + dataset, key=key).order_by("pk"):
        yield entry, opening.row(entry)


class _Opening:
    """Opens entries of rows, whatever they were sealed under."""

    def __init__(self) -> None:
        self._of_persons = Opener(purpose=PURPOSE)
        self._of_ring = opener(PURPOSE)

    def fetch(self, entries: Iterable[Change]) -> None:
        """Read the keys of many entries at once."""
        self._of_persons.fetch(
            filter(None, (t for e in entries for t in map(_sealed_text, _of(e))))
        )

    def row(self, entry: Change) -> RowChanged:
        old, new = (self._row(stored) for stored in _of(entry))
        return RowChanged(
            entry.kind.removeprefix(DATASET),
            entry.key,
            old,
            new,
            is_forgotten=any(
                row == {} and _sealed_text(stored)
                for row, stored in zip((old, new), _of(entry), strict=True)
            ),
        )

    def _row(self, stored: Stored) -> Row | None:
        if stored is None or not (sealed := _sealed_text(stored)):
            return stored
        is_of_person = sealed.startswith(MARK)
        opened = self._of_persons.open(sealed) if is_of_person else self._of_ring(sealed)
        row: Row = {} if opened is None else json.loads(opened)
        return row


def _of(entry: Change) -> tuple[Stored, Stored]:
    return entry.old, entry.new


def _sealed_text(stored: Stored) -> str:
    return str(stored.get("encrypted", "")) if stored else ""


def later_changes(batch: UUID) -> QuerySet[Change]:
    """Return the entries of other acts, later than those of `batch`, that have the same key.

    What stands in the way of undoing it. A look-up in the index a row of the batch.
    """
    sql = (
        "SELECT DISTINCT later.id FROM foundation_change mine JOIN foundation_change later "
        "ON later.kind = mine.kind AND later.key = mine.key AND later.id > mine.id "
        "WHERE mine.batch = %s AND (later.batch IS NULL OR later.batch <> %s)"
    )
    ids = RawSQL(sql, [Change._meta.get_field("batch").get_db_prep_value(batch, connection)] * 2)  # noqa: S611 - the text is fixed, the value a parameter
    return Change.objects.filter(pk__in=ids).order_by("pk")


def history(instance: Model) -> QuerySet[Change]:
    """Return every change of an object, oldest first."""
    kind, key = instance._meta.label, str(instance.pk)
    return Change.objects.filter(kind=kind, key=key).order_by("pk")


def values(stored: Mapping[str, Any] | None) -> Values | None:
    """Return the values of `Change.old` or `Change.new` with encrypted ones opened."""
    if stored is None:
        return None
    return {name: _opened(value) for name, value in stored.items()}


def _sealed(model: type[Model], fields: Mapping[str, Any] | None) -> Values | None:
    if fields is None:
        return None
    return {name: _seal(model._meta.get_field(name), value) for name, value in fields.items()}


def _seal(field: object, value: object) -> object:
    plain = json.loads(json.dumps(value, cls=DjangoJSONEncoder))
    if isinstance(field, EncryptedTextField):
        return {"encrypted": encrypt(json.dumps(plain), purpose=PURPOSE)}
    return plain


def _opened(value: object) -> object:
    if isinstance(value, dict) and "encrypted" in value:
        return json.loads(decrypt(value["encrypted"], purpose=PURPOSE))
    return value

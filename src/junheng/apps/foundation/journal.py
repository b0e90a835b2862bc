"""Writing and reading the journal of changes, inside the transaction of the change itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder

from junheng.apps.foundation.encryption import (
    BlindIndexField,
    EncryptedTextField,
    decrypt,
    encrypt,
)
from junheng.apps.foundation.models import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import Model, QuerySet

PURPOSE = "foundation.Change"
Values = dict[str, Any]


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

"""Changes of one record or of one act, from the journal: old and new, masked where sensitive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.audit.present import kind_word
from junheng.apps.audit.rules import rules
from junheng.apps.foundation import policies
from junheng.apps.foundation.journal import DATASET
from junheng.apps.foundation.masking import HIDDEN, is_masked, masked, numbers_masked
from junheng.apps.foundation.models import Change
from junheng.apps.foundation.shown import language
from junheng.apps.registry.api import School
from junheng.engine import contracts
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model, QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.engine.contracts import Field

A_PAGE = 50
ENCRYPTED = "encrypted"


@dataclass(frozen=True)
class ValueChange:
    """One field before and after, as it may be shown."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeShown:
    """One line of the journal: what was done, by whom, when, why; `values` are its fields."""

    what: str
    who: str
    at: datetime
    why: str
    values: list[ValueChange]


@dataclass(frozen=True)
class KindOfBatch:
    """How many lines of one kind an act wrote."""

    kind: str
    n: int


def record_visible_to(reader: Reader, label: str, key: str) -> Model:
    """Return a record of a kind that has a history page; NotFound unless the reader may see it."""
    nothing = NotFound(say("There is no such record, or it is not yours to see."))
    known = {kind.lower(): kind for kind in rules().histories}
    try:
        model = apps.get_model(known[label.lower()])
        found: Model | None = policies.visible(
            reader, model._default_manager.filter(pk=key)
        ).first()
    except (LookupError, ValueError, ValidationError):
        raise nothing from None
    if found is None:
        raise nothing
    return found


def changes_of(record: Model) -> QuerySet[Change]:
    """Return the lines of the journal about a record, newest first.

    The rows of the dataset that told of a school belong to it as well.
    """
    lines = Change.objects.filter(kind=record._meta.label, key=str(record.pk))
    if isinstance(record, School):
        row = f"{record.bureau.code}/{record.identifier}"
        lines |= Change.objects.filter(kind=f"{DATASET}schools", key=row)
    return lines.select_related("who").order_by("-pk")


def changes_of_batch(batch: UUID) -> QuerySet[Change]:
    """Return the lines of the journal that one act wrote, in the order of writing."""
    return Change.objects.filter(batch=batch).select_related("who").order_by("pk")


def kinds_of(changes: QuerySet[Change]) -> list[KindOfBatch]:
    """Return how many lines there are of each kind, in words."""
    counted = changes.order_by().values("kind").annotate(n=Count("pk")).order_by("kind")
    return [KindOfBatch(kind_word(row["kind"]), row["n"]) for row in counted]


def shown(change: Change) -> ChangeShown:
    """Return one line of the journal as it may be shown to whoever may see the record."""
    return ChangeShown(
        what=_what(change),
        who=change.who.display_name if change.who else gettext("The system"),
        at=timezone.localtime(change.at),
        why=numbers_masked(change.why),
        values=_values(change),
    )


def _what(change: Change) -> str:
    if change.old is None:
        return gettext("Added")
    return gettext("Removed") if change.new is None else gettext("Changed")


def _values(change: Change) -> list[ValueChange]:
    old, new = change.old or {}, change.new or {}
    if ENCRYPTED in old or ENCRYPTED in new:
        # A row about people is sealed as a whole; its own page opens it, for its own readers.
        both = (HIDDEN if side else "" for side in (old, new))
        return [ValueChange(gettext("The whole row"), *both)]
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [
        ValueChange(_name(change.kind, name), *(_text(change.kind, name, v) for v in pair))
        for name in names
        if (pair := (old.get(name), new.get(name)))
    ]


def _name(kind: str, name: str) -> str:
    """Return what a field is called: the header of the form, or the model's own name for it."""
    field = _field(kind, name)
    if field is not None:
        return field.header.of(language())
    try:
        return str(getattr(apps.get_model(kind)._meta.get_field(name), "verbose_name", name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return name


def _text(kind: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, dict) and ENCRYPTED in value:
        return HIDDEN
    field = _field(kind, name)
    if field is not None and is_masked(field, hides_names=True):
        return masked(field, str(value))
    return numbers_masked(str(value))


def _field(kind: str, name: str) -> Field | None:
    if not kind.startswith(DATASET):
        return None
    try:
        return contracts.contract(kind.removeprefix(DATASET)).field(name)
    except (NotFound, KeyError):
        return None

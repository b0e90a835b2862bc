"""Writes: what is planned for an item, what is entered, what a school answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.selfassessment.locking import course_locked, course_open
from junheng.apps.selfassessment.models import ItemEntry, ItemPlan, Told
from junheng.errors import Conflict, DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date, datetime

    from junheng.apps.accounts.api import Reader

PLAN_FIELDS = ("department", "responsible_id", "deadline", "is_begun", "target")


@dataclass(frozen=True)
class Place:
    """Where an item stands: its bureau, school year, rule set and id."""

    bureau_id: int
    school_year_id: int
    ruleset_id: str
    item_id: str

    @property
    def where(self) -> dict[str, Any]:
        """The look-ups that find rows there."""
        return {
            "bureau_id": self.bureau_id,
            "school_year_id": self.school_year_id,
            "ruleset_id": self.ruleset_id,
            "item_id": self.item_id,
        }


@dataclass(frozen=True)
class Planned:
    """Who sees to an item, until when, what is aimed at."""

    department: str
    responsible_id: int | None
    deadline: date | None
    is_begun: bool
    target: str


@dataclass(frozen=True)
class Entered:
    """What is entered: terms or an answer, with the document that proves it."""

    data: dict[str, str]
    document: str = ""
    note: str = ""
    told_by: str = Told.COUNTY
    school_id: int | None = None


@transaction.atomic
def item_plan(place: Place, planned: Planned, *, seen: int, by: int, now: datetime) -> ItemPlan:
    """Keep who sees to an item; `seen` is the version that whoever plans was shown.

    Conflict when somebody has changed it since.
    """
    course_locked(place.bureau_id, place.school_year_id, place.ruleset_id)
    row = ItemPlan.objects.select_for_update().filter(**place.where).first()
    if (row.version if row else 0) != seen:
        raise Conflict(say("Somebody has changed the plan of this item since you opened it."))
    before = journal.fields_of(row) if row else None
    row = row or ItemPlan(**place.where)
    for name in PLAN_FIELDS:
        setattr(row, name, getattr(planned, name))
    row.version, row.changed_by_id, row.changed_at = seen + 1, by, now
    _saved(row)
    after = journal.fields_of(row)
    old, new = journal.difference(before, after) if before else (None, after)
    journal.record([Changed(row, old, new)], by=by, why="item planned")
    return row


@transaction.atomic
def item_enter(
    place: Place, entered: Entered, *, replaces: int | None, role: str, by: int, now: datetime
) -> ItemEntry:
    """Enter what holds for an item from now on; the entry before ends and stays.

    `replaces` is the entry that whoever enters was shown, None for none.

    Raises
    ------
    Conflict
        Somebody has entered something since.
    DataError
        Nothing was entered, or a figure without its document.
    """
    if not any(entered.data.values()):
        raise DataError(say("Enter at least one figure or answer."))
    if entered.school_id is None and not entered.document.strip():
        raise DataError(say("Name the document that the figure or answer rests on."))
    course_open(place.bureau_id, place.school_year_id, place.ruleset_id)
    same = ItemEntry.objects.select_for_update().filter(
        **place.where, told_by=entered.told_by, ended_at__isnull=True
    )
    if entered.school_id is None:
        standing = same.filter(school__isnull=True).first()
    else:
        standing = same.filter(school=entered.school_id).first()
    if (standing.pk if standing else None) != replaces:
        raise Conflict(say("Somebody has entered this item since you opened it."))
    if standing is not None:
        standing.ended_at = now
        standing.save(update_fields=["ended_at"])
    row = ItemEntry(
        **place.where,
        school_id=entered.school_id,
        told_by=entered.told_by,
        data=entered.data,
        document=entered.document.strip(),
        note=entered.note.strip(),
        entered_by_id=by,
        role=role,
        entered_at=now,
    )
    _saved(row)
    journal.record([Changed(row, None, journal.fields_of(row))], by=by, why="item entered")
    return row


def role_of(reader: Reader, bureau_id: int, roles: frozenset[Any]) -> str:
    """Return the role in which a reader signs: one of `roles` if held there, else the first."""
    held = [post for post in reader.posts if post.home_id == bureau_id]
    fitting = [post for post in held if post.role in roles]
    return next(iter([*fitting, *held])).role.value


def _saved(row: ItemPlan | ItemEntry) -> None:
    """Store a row; Conflict where another was stored at the same moment."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict(say("Somebody was quicker and has changed this item just now.")) from None

"""Writes of what happens to a school: it ends, it gets another name, and that taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction

from junheng.apps.foundation import journal, policies, scoping
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.daily import school_year_on
from junheng.apps.registry.lives import in_the_way, rename_in_the_way
from junheng.apps.registry.models import (
    Bureau,
    School,
    SchoolProfile,
    SchoolSuccession,
    SuccessionKind,
)
from junheng.apps.registry.policies import CHANGE
from junheng.apps.registry.services import check_reach
from junheng.apps.registry.summaries.counting import note_write
from junheng.apps.registry.targets import Place, RowChange, rows_by_number, target
from junheng.apps.registry.targets.newest_profile import NAME_LENGTH
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader

SCHOOLS = "schools"


@transaction.atomic
def succession_record(
    *,
    school: School,
    kind: SuccessionKind,
    on: date,
    other: School | None = None,
    former_name: str = "",
    note: str = "",
    by: int | None,
    why: str,
    batch: UUID | None = None,
) -> SchoolSuccession:
    """Record what happened to a school on a day.

    DataError when it is to end while pupils, staff or lessons stand there on that day or later, or
    has ended. A school divided among several gets them by `school_end`.
    """
    check_reach(school.bureau_id)
    if kind in SuccessionKind.ended():
        _require_free(school, on, [other] if other else [])
    return _record(
        SchoolSuccession(
            bureau_id=school.bureau_id,
            school=school,
            kind=kind,
            on_date=on,
            other=other,
            former_name=former_name,
            note=note,
        ),
        by=by,
        why=why,
        batch=batch or uuid4(),
    )


@transaction.atomic
def school_end(
    *, school: School, on: date, into: Sequence[School], note: str, reader: Reader
) -> UUID:
    """End a school on a day, without successor (closed) or into others; return the batch.

    DataError with the first thing that is in the way.
    """
    policies.require(reader, CHANGE, school)
    check_reach(school.bureau_id)
    _lock(school.bureau_id)
    _require_free(school, on, into)
    batch = uuid4()
    kind = SuccessionKind.MERGED if into else SuccessionKind.CLOSED
    for other in into or (None,):
        event = SchoolSuccession(
            bureau_id=school.bureau_id,
            school=school,
            kind=kind,
            on_date=on,
            other=other,
            note=note,
        )
        _record(event, by=reader.user_id, why="school_end", batch=batch)
    return batch


@transaction.atomic
def school_rename(*, school: School, on: date, name: str, note: str, reader: Reader) -> UUID:
    """Give a school another name from a day on; return the batch.

    The name of a school year is one: that of the year of the day and of later ones changes.
    DataError for the name that it bears, or one that another school of the bureau bears.
    """
    policies.require(reader, CHANGE, school)
    check_reach(school.bureau_id)
    _lock(school.bureau_id)
    school.refresh_from_db()
    found = rename_in_the_way(school, on, name)
    if found:
        raise DataError(found[0])
    batch = uuid4()
    event = SchoolSuccession(
        bureau_id=school.bureau_id,
        school=school,
        kind=SuccessionKind.RENAMED,
        on_date=on,
        former_name=school.name_zh,
        note=note,
    )
    _record(event, by=reader.user_id, why="school_rename", batch=batch)
    _name(school, on, name, by=reader.user_id, why="school_rename", batch=batch)
    return batch


@transaction.atomic
def succession_undo(*, event: SchoolSuccession, reader: Reader) -> None:
    """Take back an end or a new name, with all that was recorded in the same act.

    DataError when something later stands on it: another event of the school, or a later change of
    what the act wrote.
    """
    school = event.school
    policies.require(reader, CHANGE, school)
    check_reach(school.bureau_id)
    _lock(school.bureau_id)
    events = _of_same_act(event)
    _require_last(school, events)
    batch, why = uuid4(), "succession_undo"
    for one in events:
        journal.record(
            [Changed(one, journal.fields_of(one), None)], by=reader.user_id, why=why, batch=batch
        )
    if event.kind == SuccessionKind.RENAMED:
        _name(school, event.on_date, event.former_name, by=reader.user_id, why=why, batch=batch)
    SchoolSuccession.objects.filter(pk__in=[one.pk for one in events]).delete()
    note_write(Place(school.bureau_id, event.on_date.year), SCHOOLS, ())


def _lock(bureau_id: int) -> None:
    """Let nobody else end or rename a school of the bureau until the transaction ends."""
    with scoping.everything(reason="one event of a school at a time in a bureau"):
        Bureau.objects.select_for_update().get(pk=bureau_id)


def _require_free(school: School, on: date, into: Sequence[School]) -> None:
    found = in_the_way(school, on, into)
    if found:
        raise DataError(found[0])


def _record(event: SchoolSuccession, *, by: int | None, why: str, batch: UUID) -> SchoolSuccession:
    event.save()
    changed = Changed(event, None, journal.fields_of(event))
    journal.record([changed], by=by, why=why, batch=batch)
    # What is in force differs from now on.
    note_write(Place(event.bureau_id, event.on_date.year), SCHOOLS, ())
    return event


def _name(school: School, on: date, name: str, *, by: int | None, why: str, batch: UUID) -> None:
    """Write a name into the school's rows of the year of a day and of later ones."""
    profiles = SchoolProfile.objects.filter(school=school, school_year__gte=school_year_on(on))
    years = list(profiles.order_by("school_year").values_list("school_year", flat=True))
    for year in years:
        place = Place(school.bureau_id, year)
        row = rows_by_number(SCHOOLS, place, school.identifier)[0]
        key = tuple(str(row[field]) for field in target(SCHOOLS).contract.key)
        change = RowChange(key, row, row | {"school_name": name})
        target(SCHOOLS).write(place, [change], by=by, why=why, batch=batch)
    school.refresh_from_db()
    if school.name_zh != name[:NAME_LENGTH]:
        # Known from unit tables alone, or of years before: its own record is all there is.
        before = {"name_zh": school.name_zh, "name_en": school.name_en}
        school.name_zh, school.name_en = name[:NAME_LENGTH], ""
        school.save(update_fields=["name_zh", "name_en"])
        after = {"name_zh": school.name_zh, "name_en": school.name_en}
        journal.record(
            [Changed(school, *journal.difference(before, after))], by=by, why=why, batch=batch
        )


def _of_same_act(event: SchoolSuccession) -> list[SchoolSuccession]:
    """Return the event with those of its act: the school divided among several."""
    return list(
        SchoolSuccession.objects.filter(
            school=event.school_id, kind=event.kind, on_date=event.on_date
        ).order_by("pk")
    )


def _require_last(school: School, events: Sequence[SchoolSuccession]) -> None:
    mine = [one.pk for one in events]
    later = SchoolSuccession.objects.filter(school=school, pk__gt=max(mine)).exclude(pk__in=mine)
    written = journal.history(events[0]).first()
    batch = written.batch if written else None
    if later.exists() or (batch and journal.later_changes(batch).exists()):
        raise DataError(
            say(
                "Something later stands on this: another event of the school, or a later change "
                "of its name. Take that back first."
            )
        )

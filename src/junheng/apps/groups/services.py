"""Writes: groups, and the days on which schools join and leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.groups.models import Grouping, GroupKind, Membership
from junheng.apps.groups.selectors import on_day
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.registry.api import School


@transaction.atomic
def grouping_create(
    *, bureau_id: int, kind: GroupKind, name: str, by: int | None = None
) -> Grouping:
    """Make a group of a bureau; `by` is the id of the user, None for the system itself."""
    made = Grouping.objects.create(bureau_id=bureau_id, kind=kind, name=name)
    journal.record([Changed(made, None, journal.fields_of(made))], by=by, why="grouping_create")
    return made


@transaction.atomic
def school_join(
    *,
    grouping: Grouping,
    school: School,
    from_date: date,
    is_lead: bool = False,
    by: int | None = None,
) -> Membership:
    """Take a school into a group from a day on; DataError when it is in it already then."""
    if Membership.objects.filter(on_day(from_date), grouping=grouping, school=school).exists():
        raise DataError(
            say("{school} is in {group} already.", school=school.name, group=grouping.name)
        )
    made = Membership.objects.create(
        bureau_id=grouping.bureau_id,
        grouping=grouping,
        school=school,
        from_date=from_date,
        is_lead=is_lead,
    )
    journal.record([Changed(made, None, journal.fields_of(made))], by=by, why="school_join")
    return made


@transaction.atomic
def school_leave(*, membership: Membership, last_day: date, by: int | None = None) -> None:
    """End a membership with a day, which still counts."""
    before = journal.fields_of(membership)
    membership.to_date = last_day
    membership.save(update_fields=["to_date"])
    changed = Changed(membership, *journal.difference(before, journal.fields_of(membership)))
    journal.record([changed], by=by, why="school_leave")

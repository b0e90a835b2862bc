"""Reads: the members of groups on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.groups.models import Membership

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date


def on_day(day: date) -> Q:
    """Return the condition that a membership counts on a day."""
    return Q(from_date__lte=day) & (Q(to_date__isnull=True) | Q(to_date__gte=day))


def schools_of_groups(grouping_ids: Collection[int], day: date) -> dict[int, frozenset[int]]:
    """Return the ids of the schools in each group on a day, in one query."""
    found: dict[int, set[int]] = {grouping: set() for grouping in grouping_ids}
    rows = Membership.objects.filter(on_day(day), grouping__in=grouping_ids)
    for grouping, school in rows.values_list("grouping_id", "school_id"):
        found[grouping].add(school)
    return {grouping: frozenset(schools) for grouping, schools in found.items()}

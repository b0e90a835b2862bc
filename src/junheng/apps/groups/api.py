"""What other apps may use of groups of schools."""

from __future__ import annotations

from junheng.apps.groups.models import Grouping, GroupKind, Membership
from junheng.apps.groups.selectors import schools_of_groups
from junheng.apps.groups.services import grouping_create, school_join, school_leave

__all__ = [
    "GroupKind",
    "Grouping",
    "Membership",
    "grouping_create",
    "school_join",
    "school_leave",
    "schools_of_groups",
]

"""Who may see and change groups: known to everyone in the bureau, kept by its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.apps.accounts.api import Role
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import reach_of
from junheng.apps.groups.models import Grouping, Membership

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

KEEPERS = frozenset({Role.BASIC_EDUCATION_OFFICER, Role.SUPERVISION_OFFICER})
VIEW, CHANGE = policies.VIEW, "change"


class GroupPolicy:
    """Names of groups and their schools are public within the bureau."""

    acts = frozenset({VIEW, CHANGE})

    def can(self, reader: Reader, act: str, obj: Grouping | Membership) -> bool:
        if act == CHANGE:
            return reader.holds(KEEPERS, bureau_id=obj.bureau_id)
        return reach_of(type(obj)).holds(obj, reader.scope)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reach_of(queryset.model).condition(reader.scope))


def register_policies() -> None:
    """Make this policy the deciding one; called once when Django is ready."""
    policies.register(Grouping, GroupPolicy())
    policies.register(Membership, GroupPolicy())

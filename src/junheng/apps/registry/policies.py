"""Who may see and change bureaus, schools and units: by the reach of the posts of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Role
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import reach_of
from junheng.apps.registry.models import Bureau, School, StageUnit

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

EDITORS_AT_BUREAU = frozenset({Role.SUPERVISION_OFFICER, Role.PLANNING_OFFICER})
VIEW, CHANGE = policies.VIEW, "change"


class BureauPolicy:
    """A bureau is known to all who have a post in it; its sections change it."""

    acts = frozenset({VIEW, CHANGE})

    def can(self, reader: Reader, act: str, obj: Bureau) -> bool:
        if act == CHANGE:
            return reader.holds(EDITORS_AT_BUREAU, bureau_id=obj.pk)
        return obj.pk in reader.scope.bureaus | reader.scope.homes

    def visible(self, reader: Reader, queryset: QuerySet[Bureau]) -> QuerySet[Bureau]:
        return queryset.filter(reach_of(Bureau).condition(reader.scope))


class SchoolPolicy:
    """A school is seen by its bureau and by its own people; the bureau's sections change it."""

    acts = frozenset({VIEW, CHANGE})

    def can(self, reader: Reader, act: str, obj: School) -> bool:
        if act == CHANGE:
            return reader.holds(EDITORS_AT_BUREAU, bureau_id=obj.bureau_id)
        return obj.bureau_id in reader.scope.bureaus or obj.pk in reader.scope.schools

    def visible(self, reader: Reader, queryset: QuerySet[School]) -> QuerySet[School]:
        return queryset.filter(reach_of(School).condition(reader.scope))


class StageUnitPolicy:
    """A unit follows its school."""

    acts = SchoolPolicy.acts

    def can(self, reader: Reader, act: str, obj: StageUnit) -> bool:
        return SchoolPolicy().can(reader, act, obj.school)

    def visible(self, reader: Reader, queryset: QuerySet[StageUnit]) -> QuerySet[StageUnit]:
        return queryset.filter(reach_of(StageUnit).condition(reader.scope))


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    policies.register(Bureau, BureauPolicy())
    policies.register(School, SchoolPolicy())
    policies.register(StageUnit, StageUnitPolicy())

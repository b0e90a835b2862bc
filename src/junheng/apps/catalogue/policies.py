"""Who may see and decide what the catalogue keeps: the bureau sees it, its officers decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Role
from junheng.apps.catalogue.models import DatasetCount, FigureDecision, Form, Source, SourceValue
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import reach_of

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from junheng.apps.accounts.api import Reader

OFFICERS = frozenset({Role.SUPERVISION_OFFICER, Role.PLANNING_OFFICER})
VIEW = policies.VIEW


def may_decide(reader: Reader, bureau_id: int) -> bool:
    """Whether the reader may decide between sources and register forms of a bureau."""
    return reader.holds(OFFICERS, bureau_id=bureau_id)


class OfBureauPolicy:
    """Rows that belong to a bureau as a whole: seen by its own people, made by services alone."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: DatasetCount | Source | FigureDecision) -> bool:
        return obj.bureau_id in reader.scope.bureaus

    def visible(self, reader: Reader, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(reach_of(queryset.model).condition(reader.scope))


class SourceValuePolicy:
    """A value follows its source."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: SourceValue) -> bool:
        return obj.source.bureau_id in reader.scope.bureaus

    def visible(self, reader: Reader, queryset: QuerySet[SourceValue]) -> QuerySet[SourceValue]:
        return queryset.filter(reach_of(SourceValue).condition(reader.scope))


class FormPolicy:
    """A form is known to everyone in the bureau and its schools: they are asked."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Form) -> bool:
        return obj.bureau_id in reader.scope.bureaus | reader.scope.homes

    def visible(self, reader: Reader, queryset: QuerySet[Form]) -> QuerySet[Form]:
        return queryset.filter(reach_of(Form).condition(reader.scope))


POLICIES: dict[type[Model], policies.Policy] = {
    DatasetCount: OfBureauPolicy(),
    Source: OfBureauPolicy(),
    FigureDecision: OfBureauPolicy(),
    SourceValue: SourceValuePolicy(),
    Form: FormPolicy(),
}


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    for model, policy in POLICIES.items():
        policies.register(model, policy)

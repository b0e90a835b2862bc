"""Who may see and change what the registry holds: by the reach of the posts of today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from junheng.apps.accounts.api import Kind, Role
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import reach_of
from junheng.apps.registry import models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model, QuerySet

    from junheng.apps.accounts.api import Reader

VIEW, CHANGE = policies.VIEW, "change"

KINDS: Mapping[type[Model], Kind] = {
    models.School: Kind.DIRECTORY,
    models.SchoolProfile: Kind.DIRECTORY,
    models.SchoolSuccession: Kind.DIRECTORY,
    models.Campus: Kind.DIRECTORY,
    models.StageUnit: Kind.DIRECTORY,
    models.SchoolClass: Kind.DIRECTORY,
    models.ClassYear: Kind.DIRECTORY,
    models.BureauYear: Kind.DIRECTORY,
    models.Term: Kind.DIRECTORY,
    # Who teaches what names a member of staff by number alone, and is basic education's to keep.
    models.Teaching: Kind.DIRECTORY,
    models.Pupil: Kind.PUPILS,
    models.Enrolment: Kind.PUPILS,
    models.Staff: Kind.STAFF,
    models.Employment: Kind.STAFF,
    models.TrainingRecord: Kind.STAFF,
    models.Room: Kind.PREMISES,
    models.SportsGround: Kind.PREMISES,
    models.AssetLine: Kind.FINANCES,
    models.FundingLine: Kind.FINANCES,
    models.Document: Kind.FIGURES,
    models.CountyFact: Kind.FIGURES,
    models.DatasetVersion: Kind.FIGURES,
    models.CountedDay: Kind.FIGURES,
    models.ClassCount: Kind.FIGURES,
    models.UnitTerms: Kind.FIGURES,
}
"""What kind of data each model is, for the reach of roles. A person is of two: see below."""

EDITORS_OF_ALL = frozenset({Role.SUPERVISION_OFFICER})
EDITORS: Mapping[Kind, frozenset[Role]] = {
    Kind.DIRECTORY: EDITORS_OF_ALL | {Role.PLANNING_OFFICER, Role.BASIC_EDUCATION_OFFICER},
    Kind.PUPILS: EDITORS_OF_ALL | {Role.BASIC_EDUCATION_OFFICER},
    Kind.STAFF: EDITORS_OF_ALL | {Role.PERSONNEL_OFFICER},
    Kind.PREMISES: EDITORS_OF_ALL | {Role.PLANNING_OFFICER},
    Kind.FINANCES: EDITORS_OF_ALL | {Role.PLANNING_OFFICER},
    Kind.FIGURES: EDITORS_OF_ALL,
}
"""Sections of the bureau that change each kind of data."""
OF_PERSONS = {Kind.PUPILS: "pupil", Kind.STAFF: "staff"}
"""What a person can be, by the kind of data that it is."""


class BureauPolicy:
    """A bureau is known to all who have a post in it; its sections change it."""

    acts = frozenset({VIEW, CHANGE})

    def can(self, reader: Reader, act: str, obj: models.Bureau) -> bool:
        if act == CHANGE:
            return reader.holds(EDITORS_OF_ALL, bureau_id=obj.pk)
        return obj.pk in reader.scope.bureaus | reader.scope.homes

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reach_of(models.Bureau).condition(reader.scope))


class ReachPolicy:
    """A row is seen by whom its model's reach leads to, if their role reaches its kind of data.

    The bureau's sections change it, each its own kind.
    """

    acts = frozenset({VIEW, CHANGE})

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def can(self, reader: Reader, act: str, obj: Model) -> bool:
        if act == CHANGE:
            bureau_id: int = vars(obj)["bureau_id"]
            return reader.holds(EDITORS[self.kind], bureau_id=bureau_id)
        return reach_of(type(obj)).holds(obj, reader.scope_of(self.kind))

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reach_of(queryset.model).condition(reader.scope_of(self.kind)))


class PersonPolicy:
    """A person is seen in a bureau by whoever reaches there what the person is: pupil, staff.

    Who is neither is seen by those who reach both.
    """

    acts = frozenset({VIEW, CHANGE})

    def can(self, reader: Reader, act: str, obj: models.Person) -> bool:
        if act == CHANGE:
            return reader.holds(EDITORS_OF_ALL, bureau_id=obj.bureau_id)
        reach = reach_of(models.Person)
        seen = {kind: reach.holds(obj, reader.scope_of(kind)) for kind in OF_PERSONS}
        if all(seen.values()):
            return True
        return any(seen[kind] and hasattr(obj, role) for kind, role in OF_PERSONS.items())

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        reach = reach_of(models.Person)
        everyone, found = Q(), Q(pk__in=())
        for kind, role in OF_PERSONS.items():
            reached = reach.condition(reader.scope_of(kind))
            everyone &= reached
            found |= reached & Q(**{f"{role}__isnull": False})
        return queryset.filter(everyone | found)


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    policies.register(models.Bureau, BureauPolicy())
    policies.register(models.Person, PersonPolicy())
    for model, kind in KINDS.items():
        policies.register(model, ReachPolicy(kind))

"""Who sees and runs a survey: the bureau all of it, a school its own groups, the office runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from junheng.apps.accounts.api import Kind, Role
from junheng.apps.foundation import policies
from junheng.apps.survey.models import Code, Group, Record, Survey
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from junheng.apps.accounts.api import Reader

VIEW = policies.VIEW
RUNNERS = frozenset({Role.SUPERVISION_OFFICER})
SCHOOL_OFFICE = frozenset({Role.HEAD, Role.SCHOOL_CLERK})


def bureaus_of(reader: Reader) -> frozenset[int]:
    """Return the bureaus whose surveys the reader sees whole."""
    return reader.scope_of(Kind.FIGURES).bureaus


def homes_of(reader: Reader) -> frozenset[int]:
    """Return the bureaus of whose surveys the reader sees anything."""
    offices = {post.home_id for post in reader.posts if post.role in SCHOOL_OFFICE}
    return bureaus_of(reader) | offices


def schools_of(reader: Reader) -> frozenset[int]:
    """Return the schools for which the reader is the office."""
    own = (post.schools for post in reader.posts if post.role in SCHOOL_OFFICE)
    return frozenset().union(*own)


def runs(reader: Reader, bureau_id: int) -> bool:
    """Whether the reader begins, hands out and closes surveys of a bureau."""
    return reader.holds(RUNNERS, bureau_id=bureau_id)


def require_run(reader: Reader, bureau_id: int) -> None:
    """Raise NotAllowed unless the reader runs surveys of a bureau.

    Codes are for the office that measures: a school that is measured makes none of its own.
    """
    if not runs(reader, bureau_id):
        raise NotAllowed(say("Surveys are run by the supervision office of the bureau."))


class SurveyPolicy:
    """When a survey is and for whom: the bureau, and the offices of its schools."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Survey) -> bool:
        return obj.bureau_id in homes_of(reader)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(bureau__in=homes_of(reader))


class GroupPolicy:
    """What a group answered: the bureau, and the school's own office."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Group) -> bool:
        return obj.bureau_id in bureaus_of(reader) or obj.school_id in schools_of(reader)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        of_bureaus = Q(bureau__in=bureaus_of(reader))
        return queryset.filter(of_bureaus | Q(school__in=schools_of(reader)))


class RecordPolicy:
    """The frozen copy is seen by the bureau."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Record) -> bool:
        return obj.survey.bureau_id in bureaus_of(reader)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(survey__bureau__in=bureaus_of(reader))


class CodePolicy:
    """Nobody looks at codes."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Code) -> bool:
        return False

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.none()


POLICIES: dict[type[Model], policies.Policy] = {
    Survey: SurveyPolicy(),
    Group: GroupPolicy(),
    Record: RecordPolicy(),
    Code: CodePolicy(),
}


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    for model, policy in POLICIES.items():
        policies.register(model, policy)

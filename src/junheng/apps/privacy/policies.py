"""Who sees what of privacy: requests by asker and approvers, consents by the pupil's school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from junheng.apps.accounts.api import Role
from junheng.apps.accounts.rolebook import Place
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import Scope, reach_of
from junheng.apps.privacy.models import (
    Consent,
    Disclosure,
    ExportRequest,
    SubjectCopy,
    SubjectRequest,
)
from junheng.apps.privacy.rules import disclosing, requesting

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.apps.accounts.reader import HeldPost

VIEW, DECIDE, WITHDRAW = policies.VIEW, "decide", "withdraw"
SCHOOL_KEEPERS = frozenset({Role.HEAD, Role.SCHOOL_CLERK})
PUPIL_KEEPERS = frozenset({Role.CLASS_TEACHER})
KEEPERS = SCHOOL_KEEPERS | PUPIL_KEEPERS
OWN = frozenset({Role.GUARDIAN, Role.PUPIL})


class DisclosurePolicy:
    """Everybody sees what was shown or handed out to them."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Disclosure) -> bool:
        return obj.user_id == reader.user_id

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(user=reader.user_id)


class ExportRequestPolicy:
    """Seen by who asked and by approvers of the place; decided by an approver who did not ask."""

    acts = frozenset({VIEW, DECIDE})

    def can(self, reader: Reader, act: str, obj: ExportRequest) -> bool:
        is_own = obj.asked_by_id == reader.user_id
        approves = reader.holds(
            disclosing().approvers, bureau_id=obj.bureau_id, school_id=obj.school_id
        )
        return approves and not is_own if act == DECIDE else approves or is_own

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = Q(asked_by=reader.user_id)
        for post in reader.posts:
            if post.role.value not in disclosing().approvers:
                continue
            found |= _place_of(post)
        return queryset.filter(found)


class ConsentPolicy:
    """Kept by a pupil's school and class teacher; seen and withdrawn by guardian and pupil, too."""

    acts = frozenset({VIEW, WITHDRAW})

    def can(self, reader: Reader, act: str, obj: Consent) -> bool:
        return reach_of(Consent).holds(obj, consents_of(reader))

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reach_of(Consent).condition(consents_of(reader)))


class SubjectRequestPolicy:
    """Seen by who records and approves requests of the place, for the people they reach."""

    acts = frozenset({VIEW, DECIDE})

    def can(self, reader: Reader, act: str, obj: SubjectRequest) -> bool:
        approves = self._holds(reader, requesting().approvers, obj)
        if act == DECIDE:
            return approves and obj.recorded_by_id != reader.user_id
        return approves or self._holds(reader, requesting().recorders[obj.people], obj)

    def _holds(self, reader: Reader, roles: frozenset[str], obj: SubjectRequest) -> bool:
        return reader.holds(roles, bureau_id=obj.bureau_id, school_id=obj.school_id)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = Q(pk__in=())
        for post in reader.posts:
            role = post.role.value
            for people, recorders in requesting().recorders.items():
                if role in recorders | requesting().approvers:
                    found |= Q(people=people) & _place_of(post)
        return queryset.filter(found)


class SubjectCopyPolicy:
    """A copy is seen, and fetched, by whoever recorded the request."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: SubjectCopy) -> bool:
        is_own = obj.request.recorded_by_id == reader.user_id
        return is_own and policies.can(reader, VIEW, obj.request)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        seen = policies.visible(reader, SubjectRequest.objects.all())
        return queryset.filter(request__in=seen, request__recorded_by=reader.user_id)


def _place_of(post: HeldPost) -> Q:
    """Return the condition that a request lies where a post is held."""
    there = Q(bureau=post.home_id)
    return there if post.place is Place.BUREAU else there & Q(school__in=post.schools)


def keeping(reader: Reader) -> Scope:
    """Return the schools and pupils of which the reader keeps consents."""
    return _scope(reader, PUPIL_KEEPERS)


def consents_of(reader: Reader) -> Scope:
    """Return the schools and pupils of which the reader sees consents."""
    return _scope(reader, PUPIL_KEEPERS | OWN)


def _scope(reader: Reader, of_pupils: frozenset[Role]) -> Scope:
    schools: frozenset[int] = frozenset()
    pupils: frozenset[int] = frozenset()
    for post in reader.posts:
        if post.role in SCHOOL_KEEPERS:
            schools |= post.schools
        elif post.role in of_pupils:
            pupils |= post.pupils
    return Scope(schools=schools, pupils=pupils)


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    policies.register(Disclosure, DisclosurePolicy())
    policies.register(ExportRequest, ExportRequestPolicy())
    policies.register(Consent, ConsentPolicy())
    policies.register(SubjectRequest, SubjectRequestPolicy())
    policies.register(SubjectCopy, SubjectCopyPolicy())

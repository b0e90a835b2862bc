"""Who may see and file evidence: the bureau all of its own, a school what is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from junheng.apps.accounts.api import Place
from junheng.apps.evidence.models import Evidence, EvidenceVersion
from junheng.apps.evidence.rules import rights
from junheng.apps.foundation import policies
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

VIEW, FILL = policies.VIEW, "fill"


def bureaus_read(reader: Reader) -> frozenset[int]:
    """Return the bureaus whose whole binder the reader may see."""
    return _bureaus(reader, rights().readers)


def schools_read(reader: Reader) -> frozenset[int]:
    """Return the schools whose own evidence the reader may see by posts at them."""
    roles, places = rights().school_readers, {Place.SCHOOL, Place.GROUP}
    own = (p for p in reader.posts if p.role.value in roles and p.place in places)
    return frozenset().union(*(post.schools for post in own))


def may_fill(reader: Reader, *, bureau_id: int, school_id: int | None) -> bool:
    """Whether the reader files evidence there: for the bureau as a whole, or for one school."""
    if bureau_id in _bureaus(reader, rights().fillers):
        return True
    return school_id is not None and any(
        post.place is Place.SCHOOL
        and post.school_id == school_id
        and post.home_id == bureau_id
        and post.role.value in rights().school_fillers
        for post in reader.posts
    )


def require_fill(reader: Reader, *, bureau_id: int, school_id: int | None) -> None:
    """Raise NotAllowed unless the reader files evidence there."""
    if not may_fill(reader, bureau_id=bureau_id, school_id=school_id):
        raise NotAllowed(say("Your posts of today do not file evidence here."))


class EvidencePolicy:
    """Seen by the sections of its bureau and, where it is a school's, by that school's people."""

    acts = frozenset({VIEW, FILL})

    def can(self, reader: Reader, act: str, obj: Evidence) -> bool:
        if act == FILL:
            return may_fill(reader, bureau_id=obj.bureau_id, school_id=obj.school_id)
        return obj.bureau_id in bureaus_read(reader) or obj.school_id in schools_read(reader)

    def visible(self, reader: Reader, queryset: QuerySet[Evidence]) -> QuerySet[Evidence]:
        return queryset.filter(_seen(reader))


class VersionPolicy:
    """A version is seen with its evidence."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: EvidenceVersion) -> bool:
        return policies.can(reader, act, obj.evidence)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(_seen(reader, "evidence__"))


def _seen(reader: Reader, path: str = "") -> Q:
    of_bureaus = Q(**{f"{path}bureau__in": bureaus_read(reader)})
    return of_bureaus | Q(**{f"{path}school__in": schools_read(reader)})


def _bureaus(reader: Reader, roles: frozenset[str]) -> frozenset[int]:
    return frozenset(
        post.home_id
        for post in reader.posts
        if post.place is Place.BUREAU and post.role.value in roles
    )


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    policies.register(Evidence, EvidencePolicy())
    policies.register(EvidenceVersion, VersionPolicy())

"""Who may see and change what: the bureau sees all of its own, a school its own units alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Kind, Role
from junheng.apps.balance.models import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    QualityDecision,
    Upload,
)
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import reach_of

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from junheng.apps.accounts.api import Reader

UPLOADERS = frozenset({Role.SUPERVISION_OFFICER})
UPLOAD_READERS = UPLOADERS | {Role.BUREAU_LEADER}
RECOUNTERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SUPERVISION_OFFICER})
VIEW, WITHDRAW, APPLY, DECIDE = policies.VIEW, "withdraw", "apply", "decide"


def may_upload(reader: Reader, bureau_id: int) -> bool:
    """Whether the reader may give the bureau a new unit table."""
    return reader.holds(UPLOADERS, bureau_id=bureau_id)


def upload_bureaus(reader: Reader) -> list[int]:
    """Return the bureaus to which the reader may give unit tables, in order."""
    return _bureaus(reader, UPLOADERS)


def recount_bureaus(reader: Reader) -> list[int]:
    """Return the bureaus whose summaries the reader may have recounted, in order."""
    return _bureaus(reader, RECOUNTERS)


def _bureaus(reader: Reader, roles: frozenset[Role]) -> list[int]:
    held = {post.home_id for post in reader.posts if post.school_id is None}
    return sorted(one for one in held if reader.holds(roles, bureau_id=one))


class AssessmentPolicy:
    """An assessment is its bureau's; the supervision office withdraws it and accepts findings."""

    acts = frozenset({VIEW, WITHDRAW, DECIDE})

    def can(self, reader: Reader, act: str, obj: Assessment) -> bool:
        if act in {WITHDRAW, DECIDE}:
            return may_upload(reader, obj.bureau_id)
        return obj.bureau_id in reader.scope_of(Kind.FIGURES).bureaus

    def visible(self, reader: Reader, queryset: QuerySet[Assessment]) -> QuerySet[Assessment]:
        return queryset.filter(reach_of(Assessment).condition(reader.scope_of(Kind.FIGURES)))


class AssessedUnitPolicy:
    """A unit is seen by its bureau and by the people of its own school."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: AssessedUnit) -> bool:
        is_own = obj.school_id in reader.scope_of(Kind.FIGURES).schools
        return is_own or obj.assessment.bureau_id in reader.scope_of(Kind.FIGURES).bureaus

    def visible(self, reader: Reader, queryset: QuerySet[AssessedUnit]) -> QuerySet[AssessedUnit]:
        return queryset.filter(reach_of(AssessedUnit).condition(reader.scope_of(Kind.FIGURES)))


class AssessedDispersionPolicy:
    """A coefficient names every unit in its working, and so is its bureau's alone."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: AssessedDispersion) -> bool:
        return obj.assessment.bureau_id in reader.scope_of(Kind.FIGURES).bureaus

    def visible(
        self, reader: Reader, queryset: QuerySet[AssessedDispersion]
    ) -> QuerySet[AssessedDispersion]:
        return queryset.filter(
            reach_of(AssessedDispersion).condition(reader.scope_of(Kind.FIGURES))
        )


class UploadPolicy:
    """An upload is worked on by the supervision office; the bureau's leaders may look."""

    acts = frozenset({VIEW, APPLY})

    def can(self, reader: Reader, act: str, obj: Upload) -> bool:
        return reader.holds(UPLOADERS if act == APPLY else UPLOAD_READERS, bureau_id=obj.bureau_id)

    def visible(self, reader: Reader, queryset: QuerySet[Upload]) -> QuerySet[Upload]:
        bureaus = [b for b in reader.scope.bureaus if reader.holds(UPLOAD_READERS, bureau_id=b)]
        return queryset.filter(bureau__in=bureaus)


class QualityDecisionPolicy:
    """A decision about a figure is seen by its bureau; services alone make them."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: QualityDecision) -> bool:
        return obj.bureau_id in reader.scope_of(Kind.FIGURES).bureaus

    def visible(
        self, reader: Reader, queryset: QuerySet[QualityDecision]
    ) -> QuerySet[QualityDecision]:
        return queryset.filter(reach_of(QualityDecision).condition(reader.scope_of(Kind.FIGURES)))


POLICIES: dict[type[Model], policies.Policy] = {
    Assessment: AssessmentPolicy(),
    AssessedUnit: AssessedUnitPolicy(),
    AssessedDispersion: AssessedDispersionPolicy(),
    Upload: UploadPolicy(),
    QualityDecision: QualityDecisionPolicy(),
}


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    for model, policy in POLICIES.items():
        policies.register(model, policy)

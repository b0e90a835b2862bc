"""Who sees and fills in which item: the bureau all, a department its own, a school its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from junheng.apps.accounts.api import Kind, Role
from junheng.apps.foundation import policies
from junheng.apps.selfassessment.models import (
    ComputedItem,
    Course,
    ItemEntry,
    ItemPlan,
    SchoolAnswer,
    SignedStep,
)
from junheng.apps.selfassessment.rules import board_rules

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.models import OfYear

VIEW = policies.VIEW
KEEPERS = frozenset({Role.SUPERVISION_OFFICER})
"""Who plans, and enters what others do not."""
SCHOOL_OFFICE = frozenset({Role.HEAD, Role.SCHOOL_CLERK})


def departments_of(reader: Reader, bureau_id: int) -> frozenset[str]:
    """Return the departments for which the reader is the liaison officer at a bureau."""
    return frozenset(
        post.department for post in reader.posts if post.department and post.home_id == bureau_id
    )


def sees_whole(reader: Reader, bureau_id: int) -> bool:
    """Whether the reader sees every item of a bureau."""
    return bureau_id in reader.scope_of(Kind.FIGURES).bureaus


def keeps(reader: Reader, bureau_id: int) -> bool:
    """Whether the reader plans the items of a bureau."""
    return reader.holds(KEEPERS, bureau_id=bureau_id)


def may_enter(
    reader: Reader, bureau_id: int, *, department: str, responsible_id: int | None
) -> bool:
    """Whether the reader enters an item: its keeper, its department, or whoever sees to it."""
    if keeps(reader, bureau_id) or department in departments_of(reader, bureau_id):
        return True
    return responsible_id == reader.user_id and sees_whole(reader, bureau_id)


def may_answer(reader: Reader, bureau_id: int, school_id: int) -> bool:
    """Whether the reader answers for a school: its office, or the keeper of the bureau."""
    is_own = reader.holds(SCHOOL_OFFICE, bureau_id=bureau_id, school_id=school_id)
    return is_own or keeps(reader, bureau_id)


class OfItemPolicy:
    """Rows of an item: the bureau's, its department's; answers also the school's own."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: OfYear) -> bool:
        return self.visible(reader, type(obj)._default_manager.filter(pk=obj.pk)).exists()

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = Q(bureau__in=reader.scope_of(Kind.FIGURES).bureaus)
        model = queryset.model
        for post in reader.posts:
            if post.department:
                found |= Q(bureau=post.home_id) & _led_by(post.department, model)
            elif post.role in SCHOOL_OFFICE and model is ItemEntry:
                found |= Q(bureau=post.home_id, school__in=post.schools)
        return queryset.filter(found)


class CoursePolicy:
    """Where a self-assessment stands: for the bureau, and the offices of its schools."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: Course) -> bool:
        return obj.bureau_id in _bureaus_of_courses(reader)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(bureau__in=_bureaus_of_courses(reader))


class StepPolicy:
    """A signature with its copy is seen by the bureau."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: SignedStep) -> bool:
        return sees_whole(reader, obj.course.bureau_id)

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(course__bureau__in=reader.scope_of(Kind.FIGURES).bureaus)


class AnswerPolicy:
    """What a school says: seen by the bureau and by the school's own office."""

    acts = frozenset({VIEW})

    def can(self, reader: Reader, act: str, obj: SchoolAnswer) -> bool:
        bureau_id = obj.course.bureau_id
        is_own = reader.holds(SCHOOL_OFFICE, bureau_id=bureau_id, school_id=obj.school_id)
        return sees_whole(reader, bureau_id) or is_own

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = Q(course__bureau__in=reader.scope_of(Kind.FIGURES).bureaus)
        for post in reader.posts:
            if post.role in SCHOOL_OFFICE:
                found |= Q(course__bureau=post.home_id, school__in=post.schools)
        return queryset.filter(found)


def _bureaus_of_courses(reader: Reader) -> set[int]:
    offices = {post.home_id for post in reader.posts if post.role in SCHOOL_OFFICE}
    return offices | reader.scope_of(Kind.FIGURES).bureaus


def _led_by(department: str, model: type[Model]) -> Q:
    """Return the condition that a department leads the item of a row."""
    specs = board_rules().specs.values()
    by_rule = Q(item_id__in=[spec.id for spec in specs if spec.lead == department])
    if model is ItemPlan:
        return Q(department=department) | (by_rule & Q(department=""))
    plans = ItemPlan.objects.filter(
        **{name: OuterRef(name) for name in ("bureau", "school_year", "ruleset_id", "item_id")}
    ).exclude(department="")
    led = Q(Exists(plans.filter(department=department))) | (by_rule & ~Q(Exists(plans)))
    return led & Q(school__isnull=True) if model is ItemEntry else led


POLICIES: dict[type[Model], policies.Policy] = {
    ItemPlan: OfItemPolicy(),
    ItemEntry: OfItemPolicy(),
    ComputedItem: OfItemPolicy(),
    Course: CoursePolicy(),
    SignedStep: StepPolicy(),
    SchoolAnswer: AnswerPolicy(),
}


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    for model, policy in POLICIES.items():
        policies.register(model, policy)

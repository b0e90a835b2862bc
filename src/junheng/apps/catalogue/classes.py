"""Sizes of classes on a day, against the limits of the standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from junheng.apps.foundation import policies
from junheng.apps.registry.api import ClassYear, School
from junheng.engine.standard.itemtypes import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.engine.standard import RuleSet

ITEM = "G5"
STAGES = ("primary", "junior")
ENROLMENTS = "school_class__enrolments"


@dataclass(frozen=True)
class ClassSize:
    """One class with its pupils on a day; `limit` is the largest number allowed."""

    school_id: int
    stage: str
    code: str
    grade: int | None
    class_no: int
    n_pupils: int
    limit: int

    @property
    def is_over(self) -> bool:
        """Whether the class is larger than the standard allows."""
        return self.n_pupils > self.limit


def limits(rules: RuleSet) -> Mapping[str, int]:
    """Return the largest class that a rule set allows, by stage."""
    item = next(item for item in rules.items if item.id == ITEM)
    return {stage: int(number(item, f"{stage}_at_most")) for stage in STAGES}


def sizes_visible_to(
    reader: Reader, bureau_id: int, first_year: int, day: date, largest: Mapping[str, int]
) -> list[ClassSize]:
    """Return the classes of primary and junior stages that a reader may see, by school and grade.

    One query, whatever the number of classes and pupils.
    """
    is_open = Q(**{f"{ENROLMENTS}__to_date__isnull": True}) | Q(
        **{f"{ENROLMENTS}__to_date__gte": day}
    )
    on_day = Q(**{f"{ENROLMENTS}__from_date__lte": day}) & is_open
    years = policies.visible(reader, ClassYear.objects.all())
    rows = (
        years.filter(
            bureau=bureau_id,
            school_year=first_year,
            school_class__unit__stage__in=STAGES,
        )
        .annotate(n_pupils=Count(ENROLMENTS, filter=on_day))
        .order_by("school__identifier", "grade", "school_class__class_no")
        .values_list(
            "school_id",
            "school_class__unit__stage",
            "school_class__code",
            "grade",
            "school_class__class_no",
            "n_pupils",
        )
    )
    return [
        ClassSize(school, stage, code, grade, class_no, n, largest[stage])
        for school, stage, code, grade, class_no, n in rows
    ]


def schools_of(reader: Reader, sizes: Sequence[ClassSize]) -> dict[int, School]:
    """Return the schools of classes by id."""
    wanted = {size.school_id for size in sizes}
    return {s.pk: s for s in policies.visible(reader, School.objects.filter(pk__in=wanted))}

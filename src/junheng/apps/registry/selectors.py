"""Reads of bureaus, schools, units, classes and people, each for a reader."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q

from junheng.apps.foundation import policies
from junheng.apps.registry.models import (
    Bureau,
    ClassYear,
    Employment,
    Enrolment,
    Pupil,
    School,
    SchoolSuccession,
    SchoolYear,
    Staff,
    StageUnit,
    SuccessionKind,
    Term,
)
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.models import SchoolClass


def bureaus_visible_to(reader: Reader) -> QuerySet[Bureau]:
    """Return the bureaus the reader may see."""
    return policies.visible(reader, Bureau.objects.all())


def schools_visible_to(reader: Reader) -> QuerySet[School]:
    """Return the schools the reader may see, with their bureaus, in order of identifier."""
    return policies.visible(reader, School.objects.select_related("bureau"))


def units_visible_to(reader: Reader) -> QuerySet[StageUnit]:
    """Return the stage units the reader may see, with their schools."""
    return policies.visible(reader, StageUnit.objects.select_related("school"))


def school_visible_to(reader: Reader, school_id: int) -> School:
    """Return one school; NotFound for one that is not there or not the reader's to see."""
    school = schools_visible_to(reader).filter(pk=school_id).first()
    if school is None:
        raise NotFound(say("There is no such school, or it is not yours to see."))
    return school


def bureau_visible_to(reader: Reader, bureau_id: int) -> Bureau:
    """Return one bureau; NotFound for one that is not there or not the reader's to see."""
    bureau = bureaus_visible_to(reader).filter(pk=bureau_id).first()
    if bureau is None:
        raise NotFound(say("There is no such bureau, or it is not yours to see."))
    return bureau


def school_year_of(day: date) -> SchoolYear | None:
    """Return the school year that `day` lies in, if it was opened."""
    first_year = day.year if day.month >= 9 else day.year - 1
    return SchoolYear.objects.filter(starts_on__year=first_year).first()


def term_started_on(bureau_id: int, day: date) -> date | None:
    """Return the first day of the term that a day lies in, or follows; None when none is known."""
    known = Term.objects.filter(bureau=bureau_id, starts_on__lte=day)
    started: date | None = known.aggregate(newest=Max("starts_on"))["newest"]
    return started


# --- as of a day ----------------------------------------------------------------------------------


def in_force(day: date, prefix: str = "") -> Q:
    """Return the condition that a dated record counts on a day; its last day counts, too."""
    last = f"{prefix}to_date"
    is_open = Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": day})
    return Q(**{f"{prefix}from_date__lte": day}) & is_open


def pupils_of_class(reader: Reader, school_class: SchoolClass, day: date) -> QuerySet[Pupil]:
    """Return the pupils of a class on a day, with their persons, in order of their numbers."""
    enrolled = Enrolment.objects.filter(in_force(day), school_class=school_class)
    visible = policies.visible(reader, Pupil.objects.select_related("person"))
    return visible.filter(pk__in=enrolled.values("pupil")).order_by("code")


def classes_of_unit(
    reader: Reader, unit: StageUnit, school_year: int, day: date
) -> QuerySet[ClassYear]:
    """Return the classes of a unit in a school year, each with `n_pupils` on a day.

    One query, whatever the number of classes. Grades first, then numbers.
    """
    count = Count("school_class__enrolments", filter=in_force(day, "school_class__enrolments__"))
    years = policies.visible(reader, ClassYear.objects.select_related("school_class"))
    found: QuerySet[ClassYear] = years.filter(school_class__unit=unit, school_year=school_year)
    return found.annotate(n_pupils=count).order_by("grade", "school_class__class_no")


def staff_of_school(reader: Reader, school: School, day: date) -> QuerySet[Staff]:
    """Return the staff of a school on a day, with their persons, in order of their numbers."""
    employed = Employment.objects.filter(in_force(day), school=school)
    visible = policies.visible(reader, Staff.objects.select_related("person"))
    return visible.filter(pk__in=employed.values("staff")).order_by("code")


def people_of_closed_schools(bureau_id: int, day: date) -> dict[str, int]:
    """Return how many pupils and staff closed or merged schools still have on a day.

    By identifier of the school; none at all is how it has to be.
    """
    ended = SchoolSuccession.objects.filter(
        bureau=bureau_id, on_date__lte=day, kind__in=SuccessionKind.ended()
    ).values("school")
    pupils = Enrolment.objects.filter(in_force(day), school_class__school__in=ended)
    staff = Employment.objects.filter(in_force(day), school__in=ended)
    found: Counter[str] = Counter(pupils.values_list("school_class__school__identifier", flat=True))
    found.update(staff.values_list("school__identifier", flat=True))
    return dict(found)

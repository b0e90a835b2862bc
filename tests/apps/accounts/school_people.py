"""A few classes and pupils in the small world, for tests of posts within a school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import (
    ClassYear,
    Employment,
    Enrolment,
    Person,
    Pupil,
    School,
    SchoolClass,
    Staff,
    StageUnit,
)

if TYPE_CHECKING:
    from tests.world import World

ENTERED = date(2025, 9, 1)


@dataclass(frozen=True)
class SchoolPeople:
    """Two classes of grade 1 and one of grade 2 in the primary school, one class elsewhere.

    `pupils`: one in each class, in the same order. `teacher`: a member of staff of the school.
    """

    classes: tuple[SchoolClass, ...]
    pupils: tuple[Pupil, ...]
    teacher: Staff


def settle(world: World) -> SchoolPeople:
    """Put the classes and people into the world."""
    plan = (
        (world.primary, 1, 1),
        (world.primary, 1, 2),
        (world.primary, 2, 1),
        (world.nine_year, 1, 1),
    )
    with everything(reason="the world of the tests"):
        classes = [make_class(*one) for one in plan]
        pupils = [make_pupil(one, number) for number, one in enumerate(classes)]
        return SchoolPeople(tuple(classes), tuple(pupils), _teacher(world.primary))


def make_class(school: School, grade: int, class_no: int) -> SchoolClass:
    """Make a class of a grade in the school year 2025."""
    unit = StageUnit.objects.get(school=school, stage="primary")
    made = SchoolClass.objects.create(
        bureau=school.bureau,
        school=school,
        unit=unit,
        code=f"{school.identifier}-{grade}-{class_no}",
        entry_year=2026 - grade,
        class_no=class_no,
    )
    ClassYear.objects.create(
        bureau=school.bureau, school=school, school_class=made, school_year=2025, grade=grade
    )
    return made


def make_pupil(school_class: SchoolClass, number: int) -> Pupil:
    """Make a pupil, enrolled in a class since ENTERED."""
    person = Person.objects.create(
        bureau=school_class.bureau,
        name=f"学生{number}",
        sex_code="1",
        birth_date=date(2017, 3, 1),
    )
    pupil = Pupil.objects.create(bureau=school_class.bureau, person=person, code=f"p{number}")
    Enrolment.objects.create(
        bureau=school_class.bureau, pupil=pupil, school_class=school_class, from_date=ENTERED
    )
    return pupil


def _teacher(school: School) -> Staff:
    person = Person.objects.create(
        bureau=school.bureau, name="教师", sex_code="2", birth_date=date(1990, 5, 1)
    )
    staff = Staff.objects.create(bureau=school.bureau, person=person, code="t1")
    Employment.objects.create(
        bureau=school.bureau,
        staff=staff,
        school=school,
        from_date=ENTERED,
        is_on_establishment=True,
        category_code="10",
    )
    return staff

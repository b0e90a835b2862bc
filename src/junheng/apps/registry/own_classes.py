"""Reads for those whose posts lie within a school: their classes and the pupils of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.accounts.api import class_name
from junheng.apps.foundation import policies
from junheng.apps.registry.models import Enrolment, SchoolClass
from junheng.apps.registry.selectors import in_force

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.models import Pupil


@dataclass(frozen=True)
class OwnClass:
    """One class with its pupils, in order of their numbers; of one's own children alone for a
    guardian."""

    school: str
    name: str
    pupils: tuple[Pupil, ...]


def own_classes(reader: Reader, day: date) -> list[OwnClass]:
    """Return the classes that the reader's posts within schools lead to, by school and number.

    Two queries, whatever the number of classes.
    """
    wanted = SchoolClass.objects.filter(pk__in=reader.scope.classes).select_related("school")
    classes = policies.visible(reader, wanted).order_by("school", "-entry_year", "class_no")
    enrolled = policies.visible(reader, Enrolment.objects.filter(in_force(day)))
    pupils: dict[int, list[Pupil]] = {}
    for row in enrolled.select_related("pupil__person").order_by("pupil__code"):
        if row.pk in reader.scope.enrolments:
            pupils.setdefault(row.school_class_id, []).append(row.pupil)
    return [
        OwnClass(
            one.school.name,
            class_name(one.entry_year, one.class_no),
            tuple(pupils.get(one.pk, ())),
        )
        for one in classes
    ]

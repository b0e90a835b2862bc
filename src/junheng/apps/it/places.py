"""The places at which a reader may appoint to a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Place, Where, class_name, may_appoint
from junheng.apps.foundation import clock, policies, shown
from junheng.apps.groups.api import Grouping
from junheng.apps.registry.api import (
    ClassYear,
    Enrolment,
    Pupil,
    bureaus_visible_to,
    in_force,
    school_year_on,
    schools_visible_to,
)
from junheng.engine import contracts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader, Role
    from junheng.apps.registry.api import School


@dataclass(frozen=True)
class PlaceShown:
    """One place to choose: its key in the form, its name, and how a post names it."""

    key: str
    label: str
    where: Where


def schools(reader: Reader) -> QuerySet[School]:
    """Return the schools whose posts the reader may look through."""
    return schools_visible_to(reader)


def places(reader: Reader, role: Role) -> list[PlaceShown]:
    """Return where the reader may appoint to a role, wide places first."""
    kinds = set(role.rule.places)
    found: list[PlaceShown] = []
    if Place.BUREAU in kinds:
        found += _bureaus(reader, role)
    if Place.GROUP in kinds:
        found += _groups(reader, role)
    if kinds & {Place.SCHOOL, Place.GRADE}:
        found += [
            PlaceShown(f"school:{one.pk}", one.name, Where(school_id=one.pk))
            for one in _schools(reader, role)
        ]
    if kinds & {Place.CLASS, Place.SUBJECT}:
        found += _classes(reader, role)
    return found


def _bureaus(reader: Reader, role: Role) -> list[PlaceShown]:
    return [
        PlaceShown(f"bureau:{one.pk}", one.name, Where(bureau_id=one.pk))
        for one in bureaus_visible_to(reader)
        if may_appoint(reader, role, home_id=one.pk, school_id=None)
    ]


def _groups(reader: Reader, role: Role) -> list[PlaceShown]:
    return [
        PlaceShown(f"group:{one.pk}", one.name, Where(grouping_id=one.pk))
        for one in policies.visible(reader, Grouping.objects.order_by("name"))
        if may_appoint(reader, role, home_id=one.bureau_id, school_id=None)
    ]


def _schools(reader: Reader, role: Role) -> list[School]:
    return [
        one
        for one in schools_visible_to(reader)
        if may_appoint(reader, role, home_id=one.bureau_id, school_id=one.pk)
    ]


def _classes(reader: Reader, role: Role) -> list[PlaceShown]:
    """Return the classes of this school year, by school, grade and number."""
    names = {one.pk: one.name for one in _schools(reader, role)}
    years = policies.visible(reader, ClassYear.objects.select_related("school_class"))
    rows = years.filter(school__in=names, school_year=school_year_on(clock.today()))
    return [
        PlaceShown(
            f"class:{row.school_class_id}",
            f"{names[row.school_id]} "
            f"{class_name(row.school_class.entry_year, row.school_class.class_no)}",
            Where(school_id=row.school_id, school_class_id=row.school_class_id),
        )
        for row in rows.order_by("school__identifier", "grade", "school_class__class_no")
    ]


def at_pupil(reader: Reader, code: str) -> Where | None:
    """Return the place of a pupil of the reader's schools by number, None for no such pupil."""
    enrolled = policies.visible(reader, Enrolment.objects.filter(in_force(clock.today())))
    pupils = policies.visible(reader, Pupil.objects.filter(pk__in=enrolled.values("pupil")))
    found = pupils.filter(code=code).values_list("pk", flat=True).first()
    return None if found is None else Where(pupil_id=found)


def subjects() -> list[tuple[str, str]]:
    """Return the subjects by code, in the language of the page."""
    language = shown.language()
    values = contracts.load().code_lists["subject"].values
    return [(one.code, one.name.of(language)) for one in values]


def departments() -> list[tuple[str, str]]:
    """Return the departments of the county government, by code."""
    values = contracts.load().code_lists["department"].values
    return [(value.code, value.name.of(shown.language())) for value in values]

"""Reads of bureaus, schools and units, each for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.registry.models import Bureau, School, SchoolYear, StageUnit
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader


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

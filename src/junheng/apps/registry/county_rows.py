"""What the registry knows of the county's figures and of the money of schools."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Max

from junheng.apps.registry.models import (
    CountyFact,
    Employment,
    FundingLine,
    School,
    SchoolClass,
    StageUnit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Money = dict[str, Fraction]
"""Yuan by kind of funding."""


def county_figures(bureau_id: int, first_year: int) -> dict[str, str]:
    """Return the county's newest figures up to a school year, as exact text by key. One query."""
    rows = CountyFact.objects.filter(bureau=bureau_id, year__lte=first_year).order_by("year")
    return {
        key: format(value, "f")
        for key, value in rows.values_list("key", "value")
        if value is not None
    }


def funding_of_schools(bureau_id: int, first_year: int) -> Mapping[str, Money]:
    """Return the money of the newest calendar year up to a school year, by school. Two queries."""
    rows = FundingLine.objects.filter(bureau=bureau_id, year__lte=first_year)
    newest = rows.aggregate(newest=Max("year"))["newest"]
    found: dict[str, Money] = defaultdict(dict)
    for school, kind, amount in rows.filter(year=newest).values_list(
        "school__identifier", "kind", "amount_yuan"
    ):
        if amount is not None:
            found[school][kind] = Fraction(amount)
    return found


def schools_of_subjects(bureau_id: int) -> dict[str, int]:
    """Return the school that a school, unit, class or member of staff belongs to, by id. 4 queries.

    So that a result can name schools and nobody in them.
    """
    staff = Employment.objects.filter(bureau=bureau_id).order_by("from_date")
    classes = SchoolClass.objects.filter(bureau=bureau_id)
    units = StageUnit.objects.filter(bureau=bureau_id)
    schools = School.objects.filter(bureau=bureau_id)
    return {
        **dict(staff.values_list("staff__code", "school_id")),
        **dict(classes.values_list("code", "school_id")),
        **dict(units.values_list("unit_id", "school_id")),
        **dict(schools.values_list("identifier", "pk")),
    }

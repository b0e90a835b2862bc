"""Targets of school years, terms, schools, campuses, units and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.apps.registry.models import (
    BureauYear,
    Campus,
    ClassYear,
    Locality,
    School,
    SchoolClass,
    SchoolKind,
    SchoolProfile,
    StageUnit,
    Term,
)
from junheng.apps.registry.targets.newest_profile import NAME_LENGTH, show_newest
from junheng.apps.registry.targets.spec import Link, Part, Spec

if TYPE_CHECKING:
    from junheng.apps.registry.targets.records import Row

SCHOOL = Link("school_id", "school_id", School, "identifier")
UNIT = Link("unit_id", "unit_id", StageUnit, "unit_id")
CAMPUS = Link("campus_id", "campus_id", Campus)
OWN_SCHOOL = "t0.school_id IN ({schools})"


def _new_school(row: Row) -> dict[str, Any]:
    """Return what a school needs to exist; the newest profile decides afterwards."""
    locality = Locality.of_code(row["locality_code"] or "")
    return {
        "name_zh": (row["school_name"] or "")[:NAME_LENGTH],
        "name_en": "",
        "kind": SchoolKind.of_code(row["kind_code"] or "").value,
        "locality": locality.value if locality else "",
    }


SCHOOL_YEARS = Spec(
    "school_years",
    Part(
        BureauYear,
        {
            "school_year": "school_year",
            "starts_on": "starts_on",
            "ends_on": "ends_on",
            "statistics_date": "statistics_date",
        },
    ),
)
TERMS = Spec(
    "terms",
    Part(
        Term,
        {"term_no": "term_no", "starts_on": "starts_on", "ends_on": "ends_on"},
        links=(Link("school_year", "year_id", BureauYear, "school_year"),),
    ),
)
SCHOOLS = Spec(
    "schools",
    Part(
        SchoolProfile,
        {
            "school_name": "name",
            "kind_code": "kind_code",
            "locality_code": "locality_code",
            "sponsor_code": "sponsor_code",
            "founded_month": "founded_month",
            "is_boarding": "is_boarding",
            "is_counted": "is_counted",
            "primary_years": "primary_years",
            "x_m": "x_m",
            "y_m": "y_m",
            "planned_year": "planned_year",
        },
        links=(Link("parent_school_id", "parent_id", School, "identifier"),),
        up="school_id",
    ),
    shared=(Part(School, number=("school_id", "identifier"), made_with=_new_school),),
    is_yearly=True,
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
    after=show_newest,
)
CAMPUSES = Spec(
    "campuses",
    Part(
        Campus,
        {
            "campus_id": "code",
            "campus_no": "number",
            "campus_name": "name",
            "stage_only": "stage_only",
            "site_area_m2": "site_area_m2",
        },
        links=(SCHOOL,),
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
)
UNITS = Spec(
    "units",
    Part(StageUnit, {"stage": "stage", "unit_id": "unit_id"}, links=(SCHOOL,)),
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
    bare=("school_id", "stage"),
)
CLASSES = Spec(
    "classes",
    Part(
        ClassYear,
        {"grade": "grade", "class_kind_code": "kind_code"},
        links=(SCHOOL, CAMPUS),
        up="school_class_id",
    ),
    shared=(
        Part(
            SchoolClass,
            {"entry_year": "entry_year", "class_no": "class_no"},
            links=(SCHOOL, UNIT),
            number=("class_id", "code"),
        ),
    ),
    is_yearly=True,
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
)

SPECS = (SCHOOL_YEARS, TERMS, SCHOOLS, CAMPUSES, UNITS, CLASSES)

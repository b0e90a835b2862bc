"""Targets of pupils, staff, teaching and training."""

from __future__ import annotations

from junheng.apps.registry.models import (
    Employment,
    Enrolment,
    Person,
    Pupil,
    SchoolClass,
    Staff,
    Teaching,
    TrainingRecord,
)
from junheng.apps.registry.targets.organisations import OWN_SCHOOL, SCHOOL, UNIT
from junheng.apps.registry.targets.spec import Link, Part, Spec

_PERSON = Part(
    Person,
    {
        "name": "name",
        "sex_code": "sex_code",
        "birth_date": "birth_date",
        "identity_number": "identity_number",
    },
)
_STAFF = Link("staff_id", "staff_id", Staff)
_DATED = {"from_date": "from_date", "to_date": "to_date"}

PUPILS = Spec(
    "pupils",
    Part(
        Enrolment,
        {
            **_DATED,
            "entry_how": "entry_how",
            "is_boarder": "is_boarder",
            "is_migrant_child": "is_migrant_child",
            "is_left_behind": "is_left_behind",
            "is_home_in_zone": "is_home_in_zone",
        },
        links=(Link("class_id", "school_class_id", SchoolClass),),
        up="pupil_id",
    ),
    shared=(
        Part(
            Pupil,
            {
                "register_number": "register_number",
                "identity_kind_code": "identity_kind_code",
                "ethnicity_code": "ethnicity_code",
                "disability_code": "disability_code",
                "home_address": "home_address",
            },
            up="person_id",
            number=("pupil_id", "code"),
        ),
        _PERSON,
    ),
    school_field="class_id",
    within="k0_class_id.school_id IN ({schools})",
)
STAFF = Spec(
    "staff",
    Part(
        Employment,
        {
            **_DATED,
            "is_on_establishment": "is_on_establishment",
            "category_code": "category_code",
            "main_stage": "main_stage",
        },
        links=(SCHOOL,),
        up="staff_id",
    ),
    shared=(
        Part(
            Staff,
            {
                "education_code": "education_code",
                "title_code": "title_code",
                "backbone_level": "backbone_level",
                "backbone_from": "backbone_from",
                "backbone_to": "backbone_to",
                "certificate_stage_code": "certificate_stage_code",
            },
            up="person_id",
            number=("staff_id", "code"),
        ),
        _PERSON,
    ),
    school_field="school_id",
    within=OWN_SCHOOL,
    ends_with_school=True,
)
TEACHING = Spec(
    "teaching",
    Part(
        Teaching,
        {"subject_code": "subject_code", "periods": "periods", "form": "form", **_DATED},
        links=(_STAFF, UNIT),
    ),
    school_field="unit_id",
    within="k0_unit_id.school_id IN ({schools})",
    ends_with_school=True,
)
TRAINING = Spec(
    "training",
    Part(TrainingRecord, {"year": "year", "hours": "hours"}, links=(_STAFF,)),
    school_field="staff_id",
    within="t0.staff_id IN (SELECT staff_id FROM registry_employment "
    "WHERE school_id IN ({schools}))",
)

SPECS = (PUPILS, STAFF, TEACHING, TRAINING)

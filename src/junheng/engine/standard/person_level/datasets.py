"""The datasets of the person level: columns with their SQL types, and which are measured.

Ids and codes are text, flags 0 or 1, areas in m2, money in yuan. A blank is unknown, never 0.
Dated facts carry `from_date` and `to_date`; the last day that counts is `to_date` itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT, DATE, FLAG, WHOLE = "VARCHAR", "DATE", "SMALLINT", "BIGINT"
AREA, MONEY, HOURS, PERIODS = "DECIMAL(14,2)", "DECIMAL(18,2)", "DECIMAL(8,1)", "DECIMAL(6,2)"


@dataclass(frozen=True)
class Dataset:
    """One table of the person level: its columns with SQL types, in order.

    `measured` are the columns that the standard is computed from: a file without one of them is
    refused. `is_required` says that a folder without the dataset is no person-level folder.
    """

    name: str
    columns: Mapping[str, str]
    measured: tuple[str, ...]
    is_required: bool = True

    @property
    def relation(self) -> str:
        """Name of the relation that holds the dataset in a session."""
        return f"person_{self.name}"


DATASETS = (
    Dataset(
        "schools",
        {
            "school_id": TEXT,
            "school_name": TEXT,
            "county_code": TEXT,
            "kind_code": TEXT,
            "locality_code": TEXT,
            "sponsor_code": TEXT,
            "founded_month": TEXT,
            "is_boarding": FLAG,
            "is_counted": FLAG,
            "parent_school_id": TEXT,
            "primary_years": WHOLE,
            "x_m": WHOLE,
            "y_m": WHOLE,
            "planned_year": WHOLE,
        },
        (
            "school_id",
            "school_name",
            "county_code",
            "kind_code",
            "locality_code",
            "sponsor_code",
            "is_boarding",
            "is_counted",
            "parent_school_id",
            "planned_year",
        ),
    ),
    Dataset(
        "campuses",
        {
            "campus_id": TEXT,
            "school_id": TEXT,
            "campus_no": TEXT,
            "campus_name": TEXT,
            "stage_only": TEXT,
            "site_area_m2": AREA,
        },
        ("campus_id", "school_id", "stage_only"),
    ),
    Dataset(
        "units",
        {"unit_id": TEXT, "school_id": TEXT, "stage": TEXT},
        ("unit_id", "school_id", "stage"),
    ),
    Dataset(
        "classes",
        {
            "class_id": TEXT,
            "school_id": TEXT,
            "unit_id": TEXT,
            "campus_id": TEXT,
            "entry_year": WHOLE,
            "class_no": WHOLE,
            "grade": WHOLE,
            "class_kind_code": TEXT,
        },
        ("class_id", "unit_id", "campus_id", "entry_year"),
    ),
    Dataset(
        "pupils",
        {
            "pupil_id": TEXT,
            "register_number": TEXT,
            "name": TEXT,
            "sex_code": TEXT,
            "birth_date": DATE,
            "identity_kind_code": TEXT,
            "identity_number": TEXT,
            "ethnicity_code": TEXT,
            "class_id": TEXT,
            "from_date": DATE,
            "to_date": DATE,
            "entry_how": TEXT,
            "is_boarder": FLAG,
            "is_migrant_child": FLAG,
            "is_left_behind": FLAG,
            "disability_code": TEXT,
            "is_home_in_zone": FLAG,
            "home_address": TEXT,
        },
        ("pupil_id", "class_id", "from_date", "to_date", "is_migrant_child", "is_home_in_zone"),
    ),
    Dataset(
        "staff",
        {
            "staff_id": TEXT,
            "name": TEXT,
            "sex_code": TEXT,
            "birth_date": DATE,
            "identity_number": TEXT,
            "school_id": TEXT,
            "from_date": DATE,
            "to_date": DATE,
            "is_on_establishment": FLAG,
            "category_code": TEXT,
            "education_code": TEXT,
            "title_code": TEXT,
            "backbone_level": TEXT,
            "backbone_from": DATE,
            "backbone_to": DATE,
            "certificate_stage_code": TEXT,
            "main_stage": TEXT,
        },
        (
            "staff_id",
            "school_id",
            "from_date",
            "to_date",
            "category_code",
            "education_code",
            "backbone_level",
            "backbone_from",
            "backbone_to",
            "certificate_stage_code",
            "main_stage",
        ),
    ),
    Dataset(
        "teaching",
        {
            "staff_id": TEXT,
            "unit_id": TEXT,
            "subject_code": TEXT,
            "periods": PERIODS,
            "form": TEXT,
            "from_date": DATE,
            "to_date": DATE,
        },
        ("staff_id", "unit_id", "subject_code", "periods", "form", "from_date", "to_date"),
    ),
    Dataset(
        "training",
        {"staff_id": TEXT, "year": WHOLE, "hours": HOURS},
        ("staff_id", "year", "hours"),
        is_required=False,
    ),
    Dataset(
        "rooms",
        {
            "room_id": TEXT,
            "school_id": TEXT,
            "campus_id": TEXT,
            "room_kind": TEXT,
            "area_m2": AREA,
            "is_multimedia": FLAG,
            "is_networked": FLAG,
        },
        ("school_id", "campus_id", "room_kind", "area_m2", "is_multimedia", "is_networked"),
    ),
    Dataset(
        "grounds",
        {
            "ground_id": TEXT,
            "school_id": TEXT,
            "campus_id": TEXT,
            "ground_kind": TEXT,
            "area_m2": AREA,
            "contract_end": DATE,
            "walk_minutes": WHOLE,
        },
        ("school_id", "campus_id", "ground_kind", "area_m2", "contract_end", "walk_minutes"),
    ),
    Dataset(
        "equipment",
        {"school_id": TEXT, "asset_kind": TEXT, "amount": MONEY, "acquired_year": WHOLE},
        ("school_id", "asset_kind", "amount"),
    ),
    Dataset(
        "funding",
        {"school_id": TEXT, "year": WHOLE, "kind": TEXT, "amount_yuan": MONEY},
        (),
        is_required=False,
    ),
    Dataset(
        "county_facts",
        {
            "county_code": TEXT,
            "year": WHOLE,
            "key": TEXT,
            "value": "DECIMAL(20,4)",
            "document": TEXT,
        },
        (),
        is_required=False,
    ),
)
BY_NAME: Mapping[str, Dataset] = {dataset.name: dataset for dataset in DATASETS}

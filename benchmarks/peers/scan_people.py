"""A bare scan of what the job reads: `python -m benchmarks.peers.scan_people FOLDER HOW`.

HOW is `max` (every value is looked at once: the largest of each column) or `count` (values are
decoded, and only counted). Nothing is hashed, joined or filtered.
"""

from __future__ import annotations

import sys
from pathlib import Path

from junheng.engine.store.session import Session, literal

COLUMNS = {
    "schools": "school_id school_name county_code kind_code locality_code is_counted "
    "parent_school_id",
    "campuses": "campus_id school_id stage_only",
    "units": "unit_id school_id stage",
    "classes": "class_id unit_id campus_id entry_year",
    "pupils": "class_id from_date to_date",
    "staff": "staff_id school_id from_date to_date category_code education_code backbone_level "
    "backbone_from backbone_to main_stage",
    "teaching": "staff_id unit_id subject_code periods from_date to_date",
    "rooms": "school_id campus_id room_kind area_m2 is_multimedia is_networked",
    "grounds": "school_id campus_id ground_kind area_m2",
    "equipment": "school_id asset_kind amount",
}


def main(folder: Path, how: str) -> None:
    """Read every column once."""
    with Session() as session:
        for dataset, columns in COLUMNS.items():
            asked = ", ".join(f"{how}({column})" for column in columns.split())
            files = literal(str(folder / f"{dataset}.*.parquet"))
            print(session.rows(f"SELECT {asked} FROM read_parquet({files})"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

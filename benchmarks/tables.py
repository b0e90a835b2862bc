"""The unit tables that are measured: a simulated district, a nation as CSV and Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from junheng.engine.simulation import draw_district, draw_nation, write_unit_table

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "unit_id",
    "school_id",
    "school_name",
    "county_code",
    "stage",
    "pupils",
    "teachers_above_degree",
    "teachers_backbone",
    "teachers_pe_arts",
    "teaching_area_m2",
    "indoor_sport_area_m2",
    "sports_ground_area_m2",
    "equipment_yuan",
    "media_rooms",
    "kind",
)
WHOLE = {"teachers_above_degree", "teachers_backbone", "teachers_pe_arts", "media_rooms"}


def write_district(path: Path) -> int:
    """Write the unit table of the sample district; return its number of units."""
    district = draw_district(years=1)
    write_unit_table(district, max(district.years), path)
    return len(district.units)


def write_nation(csv: Path, parquet: Path) -> int:
    """Write the same national unit table twice; return its number of units."""
    nation = draw_nation()
    frame = pl.DataFrame({name: nation.columns[name] for name in COLUMNS}).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )
    frame = frame.with_columns(pl.col(*WHOLE).cast(pl.Int64))
    frame.write_csv(csv)
    frame.write_parquet(parquet, compression="zstd")
    return nation.n_units

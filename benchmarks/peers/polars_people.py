"""The job from people in Polars, streaming: `python -m benchmarks.peers.polars_people FOLDER`.

Class sizes, the seven cells, verdicts, coefficients and county verdicts of a folder that
`persons_nation` wrote; a second argument names a folder for the results. What such folders never
hold is left out (places of a school, schools not counted, teachers without a main stage, reliefs),
and so are all checks of ids. Areas and money are doubles.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.peers.people_rules import (
    ABOVE_DEGREE,
    BACKBONE,
    BANDS,
    NINE_YEAR,
    PE_ARTS,
    TEACHING_ROOMS,
)
from benchmarks.peers.polars_job import counties, judged, measured

DAY = date(2025, 9, 1)
IN_FORCE = (pl.col("from_date") <= DAY) & (pl.col("to_date").is_null() | (pl.col("to_date") >= DAY))


def read(folder: Path, name: str) -> pl.LazyFrame:
    """Open all pieces of a dataset."""
    return pl.scan_parquet(folder / f"{name}.*.parquet")


def class_sizes(folder: Path) -> pl.LazyFrame:
    """Return the pupils of each unit and its classes by band."""
    counts = read(folder, "pupils").filter(IN_FORCE).group_by("class_id").agg(pupils=pl.len())
    bands = {f"classes_{low}": pl.col("pupils").is_between(low, high).sum() for low, high in BANDS}
    return (
        counts.join(read(folder, "classes").select("class_id", "unit_id"), on="class_id")
        .group_by("unit_id")
        .agg(pl.col("pupils").sum(), **bands)
    )


def teachers(folder: Path) -> pl.LazyFrame:
    """Return the teachers of each school and main stage."""
    is_one = pl.col("subject_code").is_in(PE_ARTS)
    pe_arts = (
        read(folder, "teaching")
        .filter(IN_FORCE)
        .group_by("staff_id")
        .agg(
            one=pl.col("periods").filter(is_one).sum(),
            all=pl.col("periods").sum(),
            n=is_one.sum(),
        )
        .filter((pl.col("n") > 0) & (2 * pl.col("one") >= pl.col("all")))
        .select("staff_id", is_pe_arts=pl.lit(1))
    )
    is_backbone = (
        pl.col("backbone_level").is_in(BACKBONE)
        & (pl.col("backbone_from").is_null() | (pl.col("backbone_from") <= DAY))
        & (pl.col("backbone_to").is_null() | (pl.col("backbone_to") >= DAY))
    )
    return (
        read(folder, "staff")
        .filter(IN_FORCE & (pl.col("category_code") == "1"))
        .join(pe_arts, on="staff_id", how="left")
        .group_by("school_id", stage="main_stage")
        .agg(
            *(
                pl.col("education_code").is_in(codes).sum().alias(f"above_{stage}")
                for stage, codes in ABOVE_DEGREE.items()
            ),
            teachers_backbone=is_backbone.sum(),
            teachers_pe_arts=pl.col("is_pe_arts").sum(),
        )
    )


def things(folder: Path) -> pl.LazyFrame:
    """Return rooms, grounds and equipment of each school."""
    area, kind = pl.col("area_m2").cast(pl.Float64), pl.col("room_kind")
    is_teaching = kind.is_in(TEACHING_ROOMS)
    is_media = is_teaching & (pl.col("is_multimedia") == 1) & (pl.col("is_networked") == 1)
    rooms = (
        read(folder, "rooms")
        .group_by("school_id")
        .agg(
            teaching_area_m2=area.filter(is_teaching).sum(),
            indoor_sport_area_m2=area.filter(kind == "indoor_sport").sum(),
            media_rooms=is_media.sum(),
        )
    )
    grounds = (
        read(folder, "grounds")
        .filter(pl.col("ground_kind") == "outdoor")
        .group_by("school_id")
        .agg(sports_ground_area_m2=pl.col("area_m2").cast(pl.Float64).sum())
    )
    equipment = (
        read(folder, "equipment")
        .filter(pl.col("asset_kind") == "teaching_equipment")
        .group_by("school_id")
        .agg(equipment_yuan=pl.col("amount").cast(pl.Float64).sum())
    )
    joined = rooms.join(grounds, on="school_id", how="full", coalesce=True)
    return joined.join(equipment, on="school_id", how="full", coalesce=True)


def facts(folder: Path, sizes: pl.LazyFrame) -> pl.LazyFrame:
    """Return a row a unit with every figure that the seven indicators need."""
    schools = read(folder, "schools").select("school_id", "county_code", "kind_code")
    is_heavier = (pl.col("kind_code") == NINE_YEAR) & (pl.col("stage") == "junior")
    weighted = pl.col("pupils") * pl.when(is_heavier).then(1.1).otherwise(1.0)
    shared = [
        pl.col(name) * pl.col("share")
        for name in ("teaching_area_m2", "indoor_sport_area_m2", "media_rooms",
                     "sports_ground_area_m2", "equipment_yuan")
    ]  # fmt: skip
    above = pl.when(pl.col("stage") == "primary").then("above_primary").otherwise("above_junior")
    return (
        read(folder, "units")
        .join(schools, on="school_id")
        .join(sizes.select("unit_id", "pupils"), on="unit_id", how="left")
        .with_columns(pl.col("pupils").fill_null(0).cast(pl.Int64))
        .with_columns(weighted=weighted)
        .with_columns(share=pl.col("weighted") / pl.col("weighted").sum().over("school_id"))
        .join(teachers(folder), on=["school_id", "stage"], how="left")
        .join(things(folder), on="school_id", how="left")
        .with_columns(
            *shared,
            pl.col("teachers_backbone", "teachers_pe_arts").fill_null(0),
            teachers_above_degree=above.fill_null(0),
            kind=pl.lit("ordinary"),
        )
    )


def main(folder: Path, results: Path | None) -> None:
    """Do the job; write results when a folder is given."""
    sizes = class_sizes(folder).collect(engine="streaming")
    table = facts(folder, sizes.lazy()).collect(engine="streaming")
    units = judged(table.lazy()).collect(engine="streaming")
    dispersion = measured(units)
    county = counties(units, dispersion)
    print(sizes.select(pl.exclude("unit_id").sum()).row(0))
    print(units["verdict"].value_counts().rows(), county["resource_allocation"].value_counts())
    if results:
        results.mkdir()
        sizes.write_parquet(results / "class_sizes.parquet")
        units.select("unit_id", "verdict").write_parquet(results / "units.parquet")
        dispersion.write_parquet(results / "dispersion.parquet")
        county.write_parquet(results / "counties.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

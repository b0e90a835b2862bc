"""The job in Polars, lazily: `python benchmarks/peers/polars_job.py TABLE [RESULTS]`.

Checks the table, then cells, verdicts, coefficients and county verdicts; prints the counties'
verdicts. Doubles with a tolerance stand for exactness, and the first fault stops the job.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

TEXT = ["unit_id", "school_id", "county_code", "stage", "kind"]
ROUNDED = r"^[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}$"
"""A long number that a spreadsheet has rounded."""
# Factor, threshold for primary, threshold for junior, raw term.
RULES = {
    "R1": (100, 4.2, 5.3, pl.col("teachers_above_degree")),
    "R2": (100, 1.0, 1.0, pl.col("teachers_backbone")),
    "R3": (100, 0.9, 0.9, pl.col("teachers_pe_arts")),
    "R4": (1, 4.5, 5.8, pl.col("teaching_area_m2") - pl.col("indoor_sport_area_m2")),
    "R5": (1, 7.5, 10.2, pl.col("sports_ground_area_m2") + pl.col("indoor_sport_area_m2")),
    "R6": (1, 2000.0, 2500.0, pl.col("equipment_yuan")),
    "R7": (100, 2.3, 2.4, pl.col("media_rooms")),
}
LIMITS = {"primary": 0.50, "junior": 0.45}
SLACK = 1e-9
FIGURES = [
    "pupils",
    "teachers_above_degree",
    "teachers_backbone",
    "teachers_pe_arts",
    "teaching_area_m2",
    "indoor_sport_area_m2",
    "sports_ground_area_m2",
    "equipment_yuan",
    "media_rooms",
]
P = pl.col("pupils")
GROUP = ["county_code", "stage"]


def read(path: Path) -> pl.LazyFrame:
    """Open the table; columns that the job does not need are not read."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path)
    return pl.scan_csv(path, schema_overrides=dict.fromkeys(TEXT, pl.String))


def check(t: pl.DataFrame) -> None:
    """Stop at a table that breaks the contract."""
    kinds = ["ordinary", "teaching_point", "special", "vocational"]
    sound = t.lazy().select(
        pl.col("unit_id").is_not_null().all() & (pl.col("unit_id").n_unique() == pl.len()),
        stage=pl.col("stage").is_in(["primary", "junior"]).all(),
        kind=pl.col("kind").is_in(kinds).all(),
        county=pl.col("county_code").str.contains("^[0-9]{6}$").all(),
        no_lack=(pl.min_horizontal(pl.col(FIGURES).min()) >= 0),
        not_rounded=~pl.any_horizontal(pl.col("unit_id", "school_id").str.contains(ROUNDED).any()),
        indoor=(pl.col("indoor_sport_area_m2") <= pl.col("teaching_area_m2")).all(),
    )
    if not all(sound.collect().row(0)) or not t["pupils"].dtype.is_integer():
        raise ValueError("the table breaks the contract")


def judged(t: pl.LazyFrame) -> pl.LazyFrame:
    """Add each unit's terms, statuses and verdict."""
    is_primary = pl.col("stage") == "primary"
    is_small_point = (pl.col("kind") == "teaching_point") & (P < 50)
    t = t.with_columns(
        *(x.alias(r) for r, (_, _, _, x) in RULES.items()),
        is_excluded=is_small_point | pl.col("kind").is_in(["special", "vocational"]),
    ).with_columns(pl.when(P > 0).then(pl.col(r)).alias(r) for r in RULES)
    below, between = [], []
    for r, (per, primary, junior, _) in RULES.items():
        need = pl.when(is_primary).then(primary).otherwise(junior) * P / per
        is_below = pl.col(r) < 0.85 * need - SLACK
        below.append(is_below.fill_null(value=False))
        between.append((~is_below & (pl.col(r) < need - SLACK)).fill_null(value=False))
    verdict = (
        pl.when("is_excluded")
        .then(pl.lit("excluded"))
        .when(pl.any_horizontal(below) | (pl.sum_horizontal(between) > 1))
        .then(pl.lit("fail"))
        .when(pl.any_horizontal(pl.col(r).is_null() for r in RULES))
        .then(pl.lit("undetermined"))
        .otherwise(pl.lit("pass"))
    )
    return t.select(*TEXT, "pupils", *RULES, "is_excluded", verdict.alias("verdict"))


def measured(units: pl.DataFrame) -> pl.DataFrame:
    """Return mean, S and coefficient of each county, stage and indicator."""
    in_scope = units.lazy().filter(~pl.col("is_excluded"))
    columns = []
    for r, (per, _, _, _) in RULES.items():
        p = P.filter(pl.col(r).is_not_null())
        x = pl.col(r).filter(pl.col(r).is_not_null())
        mean = per * x.sum() / p.sum()
        deviation = per * x / p - mean
        sd = ((p * deviation * deviation).sum() / p.sum()).sqrt()
        columns.append(
            pl.struct(
                indicator=pl.lit(r),
                mean=pl.when(p.sum() > 0).then(mean),
                sd=sd,
                cv=pl.when(mean > 0).then(sd / mean),
                n_left_out=pl.col(r).null_count(),
            ).alias(r)
        )
    wide = in_scope.group_by(GROUP).agg(columns)
    return wide.unpivot(index=GROUP, on=list(RULES)).unnest("value").drop("variable").collect()


def counties(units: pl.DataFrame, dispersion: pl.DataFrame) -> pl.DataFrame:
    """Return the verdict on each county."""
    limit = pl.col("stage").replace_strict(LIMITS)
    flags = dispersion.group_by("county_code").agg(
        is_beyond=(pl.col("cv") > limit * (1 + SLACK)).any(),
        is_open=(pl.col("cv").is_null() | (pl.col("n_left_out") > 0)).any(),
    )
    verdicts = units.group_by("county_code").agg(
        has_failed=(pl.col("verdict") == "fail").any(),
        has_open=(pl.col("verdict") == "undetermined").any(),
    )
    joined = verdicts.join(flags, on="county_code", how="left").with_columns(
        pl.col("is_beyond", "is_open").fill_null(value=False)
    )
    result = (
        pl.when(pl.col("has_failed") | pl.col("is_beyond"))
        .then(pl.lit("not_met"))
        .when(pl.col("has_open") | pl.col("is_open"))
        .then(pl.lit("undetermined"))
        .otherwise(pl.lit("met"))
    )
    return joined.select("county_code", result.alias("resource_allocation")).sort("county_code")


def main(table: Path, results: Path | None) -> None:
    """Do the job; write results when a folder is given."""
    columns = read(table).select(*TEXT, *FIGURES).collect()
    check(columns)
    units = judged(columns.lazy()).collect()
    dispersion = measured(units)
    county = counties(units, dispersion)
    counts = units["verdict"].value_counts().rows(), county["resource_allocation"].value_counts()
    print(*counts)
    print(county.head(40))
    if results:
        results.mkdir()
        units.select("unit_id", "verdict").write_parquet(results / "units.parquet")
        dispersion.write_parquet(results / "dispersion.parquet")
        county.write_parquet(results / "counties.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

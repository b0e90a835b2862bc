"""The job in pandas: `python benchmarks/peers/pandas_job.py TABLE [RESULTS]`.

Checks the table, then cells, verdicts, coefficients and county verdicts; prints the counties'
verdicts. Doubles with a tolerance stand for exactness, and the first fault stops the job.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TEXT = ["unit_id", "school_id", "county_code", "stage", "kind"]
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
# Factor, threshold for primary, threshold for junior.
RULES = {
    "R1": (100, 4.2, 5.3),
    "R2": (100, 1.0, 1.0),
    "R3": (100, 0.9, 0.9),
    "R4": (1, 4.5, 5.8),
    "R5": (1, 7.5, 10.2),
    "R6": (1, 2000.0, 2500.0),
    "R7": (100, 2.3, 2.4),
}
LIMITS = {"primary": 0.50, "junior": 0.45}
SLACK = 1e-9
ROUNDED = r"^[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2}$"
"""A long number that a spreadsheet has rounded."""
GROUP = ["county_code", "stage"]


def read(path: Path) -> pd.DataFrame:
    """Read the columns that the job needs."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path, columns=TEXT + FIGURES)
    return pd.read_csv(path, usecols=TEXT + FIGURES, dtype=dict.fromkeys(TEXT, "str"))


def check(t: pd.DataFrame) -> None:
    """Stop at a table that breaks the contract."""
    is_sound = (
        t["unit_id"].notna().all()
        and t["unit_id"].is_unique
        and t["stage"].isin(["primary", "junior"]).all()
        and t["kind"].isin(["ordinary", "teaching_point", "special", "vocational"]).all()
        and t["county_code"].str.fullmatch("[0-9]{6}").all()
        and pd.api.types.is_integer_dtype(t["pupils"])
        and not (t[FIGURES] < 0).any().any()
        and not any(t[name].str.contains(ROUNDED).any() for name in ("unit_id", "school_id"))
        and not (t["indoor_sport_area_m2"] > t["teaching_area_m2"]).any()
    )
    if not is_sound:
        raise ValueError("the table breaks the contract")


def amounts(t: pd.DataFrame) -> pd.DataFrame:
    """Return the raw term of each indicator."""
    return pd.DataFrame(
        {
            "R1": t["teachers_above_degree"],
            "R2": t["teachers_backbone"],
            "R3": t["teachers_pe_arts"],
            "R4": t["teaching_area_m2"] - t["indoor_sport_area_m2"],
            "R5": t["sports_ground_area_m2"] + t["indoor_sport_area_m2"],
            "R6": t["equipment_yuan"],
            "R7": t["media_rooms"],
        }
    )


def judge(t: pd.DataFrame, x: pd.DataFrame) -> pd.Series:
    """Return each unit's verdict."""
    is_primary = (t["stage"] == "primary").to_numpy()
    p = t["pupils"].to_numpy(dtype=float)
    n_between = np.zeros(len(t), dtype=np.int8)
    n_below = np.zeros(len(t), dtype=np.int8)
    n_missing = np.zeros(len(t), dtype=np.int8)
    for r, (per, primary, junior) in RULES.items():
        need = np.where(is_primary, primary, junior) * p / per
        have = x[r].to_numpy(dtype=float)
        is_missing = np.isnan(have) | (p == 0)
        is_below = ~is_missing & (have < 0.85 * need - SLACK)
        n_between += ~is_missing & ~is_below & (have < need - SLACK)
        n_below += is_below
        n_missing += is_missing
    verdict = np.select(
        [is_excluded(t), (n_below > 0) | (n_between > 1), n_missing > 0],
        ["excluded", "fail", "undetermined"],
        "pass",
    )
    return pd.Series(verdict, index=t.index)


def is_excluded(t: pd.DataFrame) -> pd.Series:
    """Whether each unit is outside the seven indicators."""
    is_small_point = (t["kind"] == "teaching_point") & (t["pupils"] < 50)
    return is_small_point | t["kind"].isin(["special", "vocational"])


def measure(t: pd.DataFrame, x: pd.DataFrame) -> pd.DataFrame:
    """Return mean, S and coefficient of each county, stage and indicator."""
    in_scope = ~is_excluded(t)
    t, x = t[in_scope], x[in_scope]
    keys = [t["county_code"], t["stage"]]
    found = []
    for r, (per, _, _) in RULES.items():
        p = t["pupils"].where(x[r].notna() & (t["pupils"] > 0))
        sums = pd.DataFrame({"x": x[r].where(p.notna()), "p": p}).groupby(keys)
        total = sums.sum()
        mean = per * total["x"] / total["p"].where(total["p"] > 0)
        n_units = sums["p"].count()
        deviation = per * x[r] / p - mean.reindex(pd.MultiIndex.from_frame(t[GROUP])).to_numpy()
        squares = (p * deviation * deviation).groupby(keys).sum()
        sd = np.sqrt(squares / total["p"])
        row = pd.DataFrame({"mean": mean, "sd": sd, "cv": sd / mean.where(mean > 0)})
        row["n_left_out"] = sums.size() - n_units
        row["indicator"] = r
        found.append(row.reset_index())
    return pd.concat(found, ignore_index=True)


def counties(t: pd.DataFrame, verdict: pd.Series, dispersion: pd.DataFrame) -> pd.Series:
    """Return the verdict on each county."""
    by_county = verdict.groupby(t["county_code"])
    has_failed = by_county.agg(lambda v: (v == "fail").any())
    is_open = by_county.agg(lambda v: (v == "undetermined").any())
    limit = dispersion["stage"].map(LIMITS)
    rows = dispersion.assign(
        is_beyond=dispersion["cv"] > limit * (1 + SLACK),
        is_open=dispersion["cv"].isna() | (dispersion["n_left_out"] > 0),
    )
    flags = rows.groupby("county_code")[["is_beyond", "is_open"]].any()
    flags = flags.reindex(has_failed.index, fill_value=False)
    result = np.select(
        [has_failed | flags["is_beyond"], is_open | flags["is_open"]],
        ["not_met", "undetermined"],
        "met",
    )
    return pd.Series(result, index=has_failed.index, name="resource_allocation")


def main(table: Path, results: Path | None) -> None:
    """Do the job; write results when a folder is given."""
    t = read(table)
    check(t)
    x = amounts(t)
    verdict = judge(t, x)
    dispersion = measure(t, x)
    county = counties(t, verdict, dispersion)
    print(verdict.value_counts().to_dict(), county.value_counts().to_dict())
    print(county.head(40).to_string())
    if results:
        results.mkdir()
        units = pd.DataFrame({"unit_id": t["unit_id"], "verdict": verdict})
        units.to_parquet(results / "units.parquet")
        dispersion.to_parquet(results / "dispersion.parquet")
        county.reset_index().to_parquet(results / "counties.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

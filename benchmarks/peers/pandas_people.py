"""The job from people in pandas: `python -m benchmarks.peers.pandas_people FOLDER [RESULTS]`.

The same as `polars_people`, with the same things left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from benchmarks.peers.pandas_job import amounts, counties, judge, measure
from benchmarks.peers.people_rules import (
    ABOVE_DEGREE,
    BACKBONE,
    BANDS,
    NINE_YEAR,
    PE_ARTS,
    TEACHING_ROOMS,
)

DAY = pd.Timestamp(2025, 9, 1)
SHARED = (
    "teaching_area_m2",
    "indoor_sport_area_m2",
    "media_rooms",
    "sports_ground_area_m2",
    "equipment_yuan",
)


def read(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    """Read columns of all pieces of a dataset; dates as such, decimals as doubles."""
    pieces = [pd.read_parquet(path, columns=columns) for path in folder.glob(f"{name}.*.parquet")]
    table = pd.concat(pieces, ignore_index=True)
    for column in columns:
        if column.endswith(("_date", "_from", "_to")):
            table[column] = pd.to_datetime(table[column])
        elif column in {"area_m2", "amount", "periods"}:
            table[column] = table[column].astype(float)
    return table


def in_force(t: pd.DataFrame, start: str = "from_date", end: str = "to_date") -> pd.Series:
    """Whether each row counts on the day."""
    return (t[start] <= DAY) & (t[end].isna() | (t[end] >= DAY))


def class_sizes(folder: Path) -> pd.DataFrame:
    """Return the pupils of each unit and its classes by band."""
    pupils = read(folder, "pupils", ["class_id", "from_date", "to_date"])
    counts = pupils[in_force(pupils)].groupby("class_id").size().rename("pupils").reset_index()
    placed = counts.merge(read(folder, "classes", ["class_id", "unit_id"]), on="class_id")
    for low, high in BANDS:
        placed[f"classes_{low}"] = placed["pupils"].between(low, high)
    return placed.drop(columns="class_id").groupby("unit_id").sum().reset_index()


def pe_arts(folder: Path) -> pd.Index:
    """Return the ids of those who teach PE and arts for at least half of their periods."""
    lessons = read(folder, "teaching", ["staff_id", "subject_code", "periods", "from_date",
                                        "to_date"])  # fmt: skip
    lessons = lessons[in_force(lessons)]
    is_one = lessons["subject_code"].isin(PE_ARTS)
    sums = pd.DataFrame(
        {
            "staff_id": lessons["staff_id"],
            "one": lessons["periods"].where(is_one, 0),
            "all": lessons["periods"],
            "n": is_one,
        }
    ).groupby("staff_id").sum()  # fmt: skip
    return sums.index[(sums["n"] > 0) & (2 * sums["one"] >= sums["all"])]


def teachers(folder: Path) -> pd.DataFrame:
    """Return the teachers of each school and main stage."""
    staff = read(
        folder,
        "staff",
        ["staff_id", "school_id", "from_date", "to_date", "category_code", "education_code",
         "backbone_level", "backbone_from", "backbone_to", "main_stage"],
    )  # fmt: skip
    staff = staff[in_force(staff) & (staff["category_code"] == "1")]
    begun = staff["backbone_from"].isna() | (staff["backbone_from"] <= DAY)
    lasting = staff["backbone_to"].isna() | (staff["backbone_to"] >= DAY)
    counted = pd.DataFrame(
        {
            "school_id": staff["school_id"],
            "stage": staff["main_stage"],
            "teachers_backbone": staff["backbone_level"].isin(BACKBONE) & begun & lasting,
            "teachers_pe_arts": staff["staff_id"].isin(pe_arts(folder)),
        }
    )
    for stage, codes in ABOVE_DEGREE.items():
        counted[f"above_{stage}"] = staff["education_code"].isin(codes)
    return counted.groupby(["school_id", "stage"]).sum().reset_index()


def things(folder: Path) -> pd.DataFrame:
    """Return rooms, grounds and equipment of each school."""
    rooms = read(folder, "rooms", ["school_id", "room_kind", "area_m2", "is_multimedia",
                                   "is_networked"])  # fmt: skip
    is_teaching = rooms["room_kind"].isin(TEACHING_ROOMS)
    is_media = is_teaching & (rooms["is_multimedia"] == 1) & (rooms["is_networked"] == 1)
    amounts_of = pd.DataFrame(
        {
            "school_id": rooms["school_id"],
            "teaching_area_m2": rooms["area_m2"].where(is_teaching, 0),
            "indoor_sport_area_m2": rooms["area_m2"].where(rooms["room_kind"] == "indoor_sport", 0),
            "media_rooms": is_media,
        }
    )
    grounds = read(folder, "grounds", ["school_id", "ground_kind", "area_m2"])
    outdoor = grounds[grounds["ground_kind"] == "outdoor"].groupby("school_id")["area_m2"].sum()
    equipment = read(folder, "equipment", ["school_id", "asset_kind", "amount"])
    teaching = equipment[equipment["asset_kind"] == "teaching_equipment"]
    return pd.concat(
        [
            amounts_of.groupby("school_id").sum(),
            outdoor.rename("sports_ground_area_m2"),
            teaching.groupby("school_id")["amount"].sum().rename("equipment_yuan"),
        ],
        axis=1,
    ).reset_index(names="school_id")


def facts(folder: Path, sizes: pd.DataFrame) -> pd.DataFrame:
    """Return a row a unit with every figure that the seven indicators need."""
    t = read(folder, "units", ["unit_id", "school_id", "stage"])
    t = t.merge(read(folder, "schools", ["school_id", "county_code", "kind_code"]), on="school_id")
    t = t.merge(sizes[["unit_id", "pupils"]], on="unit_id", how="left")
    t["pupils"] = t["pupils"].fillna(0).astype("int64")
    is_heavier = (t["kind_code"] == NINE_YEAR) & (t["stage"] == "junior")
    weighted = t["pupils"] * is_heavier.map({True: 1.1, False: 1.0})
    share = weighted / weighted.groupby(t["school_id"]).transform("sum")
    t = t.merge(teachers(folder), on=["school_id", "stage"], how="left")
    t = t.merge(things(folder), on="school_id", how="left")
    for name in SHARED:
        t[name] = t[name] * share
    above = t["above_primary"].where(t["stage"] == "primary", t["above_junior"])
    t["teachers_above_degree"] = above.fillna(0)
    for name in ("teachers_backbone", "teachers_pe_arts"):
        t[name] = t[name].fillna(0)
    t["kind"] = "ordinary"
    return t


def main(folder: Path, results: Path | None) -> None:
    """Do the job; write results when a folder is given."""
    sizes = class_sizes(folder)
    t = facts(folder, sizes)
    x = amounts(t)
    verdict = judge(t, x)
    dispersion = measure(t, x)
    county = counties(t, verdict, dispersion)
    print(sizes.drop(columns="unit_id").sum().to_dict())
    print(verdict.value_counts().to_dict(), county.value_counts().to_dict())
    if results:
        results.mkdir()
        sizes.to_parquet(results / "class_sizes.parquet")
        units = pd.DataFrame({"unit_id": t["unit_id"], "verdict": verdict})
        units.to_parquet(results / "units.parquet")
        dispersion.to_parquet(results / "dispersion.parquet")
        county.reset_index().to_parquet(results / "counties.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

"""The whole job in pandas: `python -m benchmarks.peers.pandas_json TABLE` prints every result.

The same JSON object as `junheng assess --json`: every cell of every unit with its gap, every
coefficient with the units it leaves out, every county with its reasons. Amounts are whole
hundredths, so that every decision is exact. The first fault of the table stops the job.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from json.encoder import encode_basestring
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.peers.county_texts import COUNTS, county, without_pupils
from benchmarks.peers.pandas_job import FIGURES, GROUP, LIMITS, RULES, check, is_excluded, read

if TYPE_CHECKING:
    from collections.abc import Iterator

STAGES = ("primary", "junior")
WHOLE = {"R1", "R2", "R3", "R7"}
# Thresholds in tenths, so that both sides of a comparison are whole numbers.
TENTHS = {r: {"primary": round(p * 10), "junior": round(j * 10)} for r, (_, p, j) in RULES.items()}


def hundredths(t: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the raw term of each indicator in hundredths, NaN where it is missing."""
    f = {}
    for name in FIGURES[1:]:
        values = t[name].to_numpy(dtype=float)
        f[name] = np.rint(values * 100)
        if not np.array_equal(f[name] / 100, values, equal_nan=True):
            raise ValueError(f"{name} has more than two decimals")
    indoor = f["indoor_sport_area_m2"]
    return {
        "R1": f["teachers_above_degree"],
        "R2": f["teachers_backbone"],
        "R3": f["teachers_pe_arts"],
        "R4": f["teaching_area_m2"] - indoor,
        "R5": f["sports_ground_area_m2"] + indoor,
        "R6": f["equipment_yuan"],
        "R7": f["media_rooms"],
    }


class Judged:
    """Every cell of every unit: value, status and gap by indicator, verdict, number met."""

    def __init__(self, t: pd.DataFrame) -> None:
        self.is_primary = (t["stage"] == "primary").to_numpy()
        self.is_out = is_excluded(t).to_numpy()
        self.p = t["pupils"].to_numpy(dtype=float)
        self.value: dict[str, np.ndarray] = {}
        self.status: dict[str, np.ndarray] = {}
        self.gap: dict[str, np.ndarray] = {}
        self.n_met = np.zeros(len(t), dtype=int)
        n_between, n_below, n_missing = (np.zeros(len(t), dtype=int) for _ in range(3))
        amounts = hundredths(t)
        for r, (per, _, _) in RULES.items():
            x = np.where(self.p > 0, amounts[r], np.nan)
            tenths = np.where(self.is_primary, TENTHS[r]["primary"], TENTHS[r]["junior"])
            have, need = x * 10 * per, tenths * 100 * self.p
            is_missing = np.isnan(x)
            is_met = have >= need
            is_below = have * 20 < need * 17
            is_between = ~is_missing & ~is_met & ~is_below
            lack = np.maximum(need - have, 0)
            unit = 1000 * per
            with np.errstate(divide="ignore", invalid="ignore"):
                self.value[r] = x * per / (100 * self.p)
            self.gap[r] = np.ceil(lack / unit) if r in WHOLE else lack / unit
            self.status[r] = np.select(
                [is_missing, is_met, is_between], ["missing", "met", "between85"], "below85"
            )
            self.n_met += is_met
            n_between += is_between
            n_below += is_below
            n_missing += is_missing
        self.verdict = np.select(
            [self.is_out, (n_below > 0) | (n_between > 1), n_missing > 0],
            ["excluded", "fail", "undetermined"],
            "pass",
        )


def cell_format(r: str, stage: str) -> str:
    """Return the text of a cell with places for value, status and gap."""
    threshold = TENTHS[r][stage] / 10
    floor = TENTHS[r][stage] * 17 / 200
    return (
        f'"{r}":{{"value":%s,"threshold":{threshold!r},"floor":{floor!r},"status":"%s","gap":%s}}'
    )


def numbers(values: np.ndarray, *, is_whole: bool) -> list[object]:
    """Return Python numbers, and `null` in the place of NaN."""
    is_blank = np.isnan(values)
    found: list[object] = (
        np.nan_to_num(values).astype(int).tolist() if is_whole else values.tolist()
    )
    for ix in np.flatnonzero(is_blank):
        found[ix] = "null"
    return found


def quoted(names: pd.Series) -> list[str]:
    """Return JSON texts of names."""
    return list(map(encode_basestring, names.tolist()))


def units(t: pd.DataFrame, judged: Judged) -> Iterator[str]:
    """Yield the JSON text of all units in pieces."""
    head = '{"unit_id":%s,"county_code":"%s","stage":"%s","verdict":"%s","n_met":%s,"cells":{'
    columns: list[list[object]] = [
        list(quoted(t["unit_id"])),
        t["county_code"].tolist(),
        t["stage"].tolist(),
        judged.verdict.tolist(),
        judged.n_met.tolist(),
    ]
    for r in RULES:
        columns += [
            numbers(judged.value[r], is_whole=False),
            judged.status[r].tolist(),
            numbers(judged.gap[r], is_whole=r in WHOLE),
        ]
    full = {s: head + ",".join(cell_format(r, s) for r in RULES) + "}}" for s in STAGES}
    rows = zip(*columns, strict=True)
    bare = head % ("%s", "%s", "%s", "excluded", "null") + "}}"
    texts = (
        bare % row[:3] if is_out else full[row[2]] % row
        for is_out, row in zip(judged.is_out.tolist(), rows, strict=True)
    )
    comma = ""
    while piece := list(islice(texts, 10_000)):
        yield comma + ",".join(piece)
        comma = ","


def measured(t: pd.DataFrame, judged: Judged) -> pd.DataFrame:
    """Return mean, S, coefficient, counts and status of each county, stage and indicator."""
    in_scope = ~judged.is_out
    keys = t.loc[in_scope, GROUP]
    grouper = keys.groupby(GROUP, sort=True)
    place, index = grouper.ngroup().to_numpy(), grouper.size().index
    n, found = len(index), []
    for order, (r, (per, _, _)) in enumerate(RULES.items()):
        value = judged.value[r][in_scope]
        is_used = ~np.isnan(value)
        at, v, p = place[is_used], value[is_used], judged.p[in_scope][is_used]
        pupils = np.bincount(at, p, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.bincount(at, p * v, n) / pupils
            sd = np.sqrt(np.bincount(at, p * (v - mean[at]) ** 2, n) / pupils)
            cv = np.where(mean > 0, sd / mean, np.nan)
        n_units = np.bincount(at, minlength=n)
        row = pd.DataFrame({"mean": mean, "sd": sd, "cv": cv, "n_units": n_units}, index=index)
        row["n_left_out"] = np.bincount(place, minlength=n) - n_units
        row["indicator"], row["order"], row["per"] = r, order, per
        found.append(row.reset_index())
    rows = pd.concat(found, ignore_index=True)
    limit = rows["stage"].map(LIMITS)
    rows["status"] = np.select(
        [rows["cv"].isna(), rows["cv"] <= limit * (1 + 1e-12)],
        ["not_computable", "within"],
        "beyond",
    )
    rows["stage_order"] = rows["stage"] != "primary"
    return rows.sort_values(["county_code", "stage_order", "order"], ignore_index=True)


def left_out(t: pd.DataFrame, judged: Judged) -> dict[tuple[str, str, str], str]:
    """Return the JSON text of the units that each coefficient leaves out."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for r in RULES:
        is_missing = np.isnan(judged.value[r]) & ~judged.is_out
        out = t.loc[is_missing, ["county_code", "stage", "unit_id", "pupils"]]
        for code, stage, unit_id, pupils in out.itertuples(index=False):
            reason = "missing" if pupils else "no_pupils"
            text = f'{{"unit_id":{encode_basestring(unit_id)},"reason":"{reason}"}}'
            found.setdefault((code, stage, r), []).append(text)
    return {key: ",".join(texts) for key, texts in found.items()}


def coefficients(t: pd.DataFrame, judged: Judged, rows: pd.DataFrame) -> str:
    """Return the JSON text of all coefficients."""
    out = left_out(t, judged)
    names = ("county_code", "stage", "indicator")
    keys = list(zip(*(rows[name].tolist() for name in names), strict=True))
    figures = [numbers(rows[name].to_numpy(), is_whole=False) for name in ("mean", "sd", "cv")]
    rest = [rows["status"].tolist(), rows["n_units"].tolist()]
    form = (
        '{"county_code":"%s","stage":"%s","indicator":"%s","mean":%s,"sd":%s,"cv":%s,'
        '"limit":%s,"status":"%s","n_units":%s,"left_out":[%s]}'
    )
    return ",".join(
        form % (*key, mean, sd, cv, LIMITS[key[1]], status, n_units, out.get(key, ""))
        for key, mean, sd, cv, status, n_units in zip(keys, *figures, *rest, strict=True)
    )


def verdicts(t: pd.DataFrame, judged: Judged, rows: pd.DataFrame) -> list[dict[str, object]]:
    """Return every county's verdict with its reasons."""
    by_county = pd.crosstab(t["county_code"], judged.verdict)
    counts = by_county.reindex(columns=["pass", "fail", "undetermined"], fill_value=0)
    flags = rows.assign(
        beyond=rows["status"] == "beyond",
        open=rows["status"] == "not_computable",
        partial=rows["n_left_out"] > 0,
    )
    sums = flags.groupby("county_code")[["beyond", "open", "partial"]].sum()
    both = counts.join(sums.reindex(counts.index, fill_value=0))
    rows_of_counts = both[list(COUNTS)].itertuples(name=None)
    return [county(code, tuple(numbers)) for code, *numbers in rows_of_counts]


def warnings(t: pd.DataFrame, name: str) -> list[str]:
    """Return a warning for each unit without pupils."""
    empty = t.index[t["pupils"] == 0]
    return [without_pupils(name, ix, t["unit_id"][ix]) for ix in empty]


def main(table: Path) -> None:
    """Do the job and print the JSON object."""
    t = read(table)
    check(t)
    judged = Judged(t)
    rows = measured(t, judged)
    write = sys.stdout.write
    write('{"ruleset":{"id":"cn-2017-quality","version":"2026.1"},"units":[')
    for piece in units(t, judged):
        write(piece)
    write('],"dispersion":[')
    write(coefficients(t, judged, rows))
    ends = {"verdict": verdicts(t, judged, rows), "warnings": warnings(t, table.name)}
    write("]," + json.dumps(ends, ensure_ascii=False, separators=(",", ":"))[1:] + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The whole job in Polars: `python -m benchmarks.peers.polars_json TABLE` prints every result.

The same JSON object as `junheng assess --json`: every cell of every unit with its gap, every
coefficient with the units it leaves out, every county with its reasons. Amounts are whole
hundredths, so that every decision is exact. The first fault of the table stops the job.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.peers.county_texts import COUNTS, county, without_pupils
from benchmarks.peers.polars_job import FIGURES, GROUP, LIMITS, RULES, TEXT, check, read

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE = {"R1", "R2", "R3", "R7"}
# Thresholds in tenths, so that both sides of a comparison are whole numbers.
TENTHS = {
    r: {"primary": round(p * 10), "junior": round(j * 10)} for r, (_, p, j, _) in RULES.items()
}
IS_PRIMARY = pl.col("stage") == "primary"
P = pl.col("pupils")


def hundredths(t: pl.DataFrame) -> pl.DataFrame:
    """Return the table with every figure but the pupils in whole hundredths."""
    names = FIGURES[1:]
    whole = [(pl.col(name).cast(pl.Float64) * 100).round().cast(pl.Int64) for name in names]
    # Polars multiplies by the reciprocal of a divisor: hundredths are compared, with a tolerance.
    far = pl.max_horizontal(
        (pl.col(name).cast(pl.Float64) * 100 - w).abs().max()
        for name, w in zip(names, whole, strict=True)
    )
    if t.select(far).item() > 1e-4:
        raise ValueError("a figure has more than two decimals")
    return t.with_columns(whole)


def judged(t: pl.DataFrame) -> pl.DataFrame:
    """Return every unit's values, statuses, gaps, verdict and number met."""
    is_small_point = (pl.col("kind") == "teaching_point") & (P < 50)
    frame = t.lazy().with_columns(
        *(pl.when(P > 0).then(x).alias(f"x_{r}") for r, (_, _, _, x) in RULES.items()),
        is_out=is_small_point | pl.col("kind").is_in(["special", "vocational"]),
    )
    sides = []
    for r, (per, _, _, _) in RULES.items():
        tenths = pl.when(IS_PRIMARY).then(TENTHS[r]["primary"]).otherwise(TENTHS[r]["junior"])
        sides += [
            (pl.col(f"x_{r}") * (10 * per)).alias(f"have_{r}"),
            (tenths.cast(pl.Int64) * 100 * P).alias(f"need_{r}"),
        ]
    frame = frame.with_columns(sides).with_columns(c for r in RULES for c in _cell(r))
    counts = {
        s: pl.sum_horizontal((pl.col(f"status_{r}") == s) for r in RULES)
        for s in ("met", "between85", "below85", "missing")
    }
    verdict = (
        pl.when("is_out")
        .then(pl.lit("excluded"))
        .when((counts["below85"] > 0) | (counts["between85"] > 1))
        .then(pl.lit("fail"))
        .when(counts["missing"] > 0)
        .then(pl.lit("undetermined"))
        .otherwise(pl.lit("pass"))
    )
    return frame.with_columns(n_met=counts["met"], verdict=verdict).collect()


def _cell(r: str) -> list[pl.Expr]:
    per = RULES[r][0]
    have, need, x = pl.col(f"have_{r}"), pl.col(f"need_{r}"), pl.col(f"x_{r}")
    lack = pl.when(have >= need).then(0).otherwise(need - have)
    unit = 1000 * per
    gap = (lack + (unit - 1)) // unit if r in WHOLE else lack / unit
    status = (
        pl.when(x.is_null())
        .then(pl.lit("missing"))
        .when(have >= need)
        .then(pl.lit("met"))
        .when(have * 20 >= need * 17)
        .then(pl.lit("between85"))
        .otherwise(pl.lit("below85"))
    )
    return [
        (x * per / (100 * P)).alias(f"value_{r}"),
        status.alias(f"status_{r}"),
        pl.when(x.is_not_null()).then(gap).alias(f"gap_{r}"),
    ]


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("null")


def _quoted(name: str) -> pl.Expr:
    """JSON text of a name."""
    return pl.struct(pl.col(name).alias("n")).struct.json_encode().str.slice(5).str.head(-1)


def units(t: pl.DataFrame) -> Iterator[str]:
    """Yield the JSON text of all units in pieces: one piece of 170 MB would cost twice as much."""
    parts: list[pl.Expr] = []
    for r in RULES:
        limits = {
            s: f',"threshold":{tenths / 10!r},"floor":{tenths * 17 / 200!r},"status":"'
            for s, tenths in TENTHS[r].items()
        }
        parts += [
            pl.lit(f'{"," if parts else ""}"{r}":{{"value":'),
            _number(f"value_{r}"),
            pl.when(IS_PRIMARY).then(pl.lit(limits["primary"])).otherwise(pl.lit(limits["junior"])),
            pl.col(f"status_{r}"),
            pl.lit('","gap":'),
            _number(f"gap_{r}"),
            pl.lit("}"),
        ]
    is_out = pl.col("is_out")
    text = pl.concat_str(
        pl.lit('{"unit_id":'),
        _quoted("unit_id"),
        pl.lit(',"county_code":"'),
        "county_code",
        pl.lit('","stage":"'),
        "stage",
        pl.lit('","verdict":"'),
        "verdict",
        pl.lit('","n_met":'),
        pl.when(is_out).then(pl.lit("null")).otherwise(pl.col("n_met").cast(pl.String)),
        pl.lit(',"cells":{'),
        pl.when(is_out).then(pl.lit("")).otherwise(pl.concat_str(parts)),
        pl.lit("}}"),
    )
    for ix, piece in enumerate(t.iter_slices(10_000)):
        yield ("," if ix else "") + str(piece.select(text.str.join(",")).item())


def measured(t: pl.DataFrame) -> pl.DataFrame:
    """Return mean, S, coefficient, counts, status and units left out, in the order of printing."""
    left_out = (
        pl.concat_str(
            pl.lit('{"unit_id":'),
            _quoted("unit_id"),
            pl.when(P == 0)
            .then(pl.lit(',"reason":"no_pupils"}'))
            .otherwise(pl.lit(',"reason":"missing"}')),
        )
    ).alias("left_out")
    columns = []
    for order, r in enumerate(RULES):
        value = pl.col(f"value_{r}")
        p = P.filter(value.is_not_null())
        v = value.filter(value.is_not_null())
        mean = (p * v).sum() / p.sum()
        sd = ((p * (v - mean) * (v - mean)).sum() / p.sum()).sqrt()
        columns.append(
            pl.struct(
                order=pl.lit(order),
                indicator=pl.lit(r),
                mean=pl.when(p.sum() > 0).then(mean),
                sd=pl.when(p.sum() > 0).then(sd),
                cv=pl.when(mean > 0).then(sd / mean),
                n_units=value.count(),
                n_left_out=value.null_count(),
                left_out=pl.col("left_out").filter(value.is_null()).str.join(","),
            ).alias(r)
        )
    in_scope = t.lazy().filter(~pl.col("is_out"))
    is_partial = pl.any_horizontal(pl.col(f"value_{r}").is_null() for r in RULES)
    wide = in_scope.with_columns(pl.when(is_partial).then(left_out)).group_by(GROUP).agg(columns)
    limit = pl.col("stage").replace_strict(LIMITS)
    status = (
        pl.when(pl.col("cv").is_null())
        .then(pl.lit("not_computable"))
        .when(pl.col("cv") <= limit * (1 + 1e-12))
        .then(pl.lit("within"))
        .otherwise(pl.lit("beyond"))
    )
    rows = wide.unpivot(index=GROUP, on=list(RULES)).unnest("value")
    rows = rows.with_columns(limit=limit, status=status)
    return rows.sort("county_code", ~IS_PRIMARY, "order").collect()


def coefficients(rows: pl.DataFrame) -> str:
    """Return the JSON text of all coefficients."""
    text = pl.format(
        '{{"county_code":"{}","stage":"{}","indicator":"{}","mean":{},"sd":{},"cv":{},'
        '"limit":{},"status":"{}","n_units":{},"left_out":[{}]}}',
        "county_code",
        "stage",
        "indicator",
        *(_number(name) for name in ("mean", "sd", "cv", "limit")),
        "status",
        "n_units",
        pl.col("left_out").fill_null(""),
    )
    return str(rows.select(text.str.join(",")).item())


def verdicts(t: pl.DataFrame, rows: pl.DataFrame) -> list[dict[str, object]]:
    """Return every county's verdict with its reasons."""
    counts = t.group_by("county_code").agg(
        (pl.col("verdict") == v).sum().alias(v) for v in ("pass", "fail", "undetermined")
    )
    flags = rows.group_by("county_code").agg(
        beyond=(pl.col("status") == "beyond").sum(),
        open=(pl.col("status") == "not_computable").sum(),
        partial=(pl.col("n_left_out") > 0).sum(),
    )
    both = counts.join(flags, on="county_code", how="left").fill_null(0).sort("county_code")
    rows_of_counts = both.select("county_code", *COUNTS).rows()
    return [county(code, tuple(numbers)) for code, *numbers in rows_of_counts]


def warnings(t: pl.DataFrame, name: str) -> list[str]:
    """Return a warning for each unit without pupils."""
    empty = t.with_row_index().filter(P == 0).select("index", "unit_id").rows()
    return [without_pupils(name, ix, unit_id) for ix, unit_id in empty]


def main(table: Path) -> None:
    """Do the job and print the JSON object."""
    columns = read(table).select(*TEXT, *FIGURES).collect()
    check(columns)
    t = judged(hundredths(columns))
    rows = measured(t)
    write = sys.stdout.write
    write('{"ruleset":{"id":"cn-2017-quality","version":"2026.1"},"units":[')
    for piece in units(t):
        write(piece)
    write('],"dispersion":[')
    write(coefficients(rows))
    ends = {"verdict": verdicts(t, rows), "warnings": warnings(t, table.name)}
    write("]," + json.dumps(ends, ensure_ascii=False, separators=(",", ":"))[1:] + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

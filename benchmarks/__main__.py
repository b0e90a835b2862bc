"""Measure everything and write docs/benchmarks.md: `python -m benchmarks`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import equality, report, tables
from benchmarks.processes import ROOT, apart, in_turn, measure
from benchmarks.report import Line
from junheng.engine.simulation.nation import N_COUNTIES, N_UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

REPEATS = 5
DISTRICT_REPEATS = 10
DISTRICT_WALL_S = 1.0
NATION_CPU_S = 3.0
PANDAS_TIMES = 5.0
PAGE_P95_MS = 100.0
PEERS = ("pandas", "polars")


def junheng(table: Path, *options: str | Path) -> list[str | Path]:
    """Return the arguments of `junheng assess` on a table."""
    return ["-m", "junheng.cli", "assess", table, *options]


def peer(name: str, table: Path, *results: Path) -> list[str | Path]:
    """Return the arguments of a peer's job on a table."""
    return [ROOT / "benchmarks" / "peers" / f"{name}_job.py", table, *results]


def district(folder: Path) -> list[Line]:
    """Measure `junheng assess` on the sample district."""
    table = folder / "district.csv"
    n_units = apart(tables.write_district, table)
    used = in_turn({"ours": junheng(table)}, DISTRICT_REPEATS)["ours"]
    what = f"`junheng assess`, a district of {n_units} units, whole process"
    figure = f"{used.wall_s:.2f} s wall, {used.cpu_s:.2f} CPU s, {used.peak_mib:.0f} MiB"
    kept = used.wall_s < DISTRICT_WALL_S
    return [Line(what, figure, f"< {DISTRICT_WALL_S} s wall", kept)]


def prove_equal(folder: Path, table: Path) -> int:
    """Run every way once with results, compare them; return the number of coefficients."""
    ours = folder / f"ours-{table.suffix}"
    measure(junheng(table, "--out", ours))
    n_coefficients = 0
    for name in PEERS:
        theirs = folder / f"{name}-{table.suffix}"
        measure(peer(name, table, theirs))
        n_coefficients = apart(equality.prove, ours, theirs)
    return n_coefficients


def nation(table: Path) -> list[Line]:
    """Measure the nation's table in one format against the peers."""
    kind = "Parquet" if table.suffix == ".parquet" else "CSV"
    jobs: dict[str, Sequence[str | Path]] = {"ours": junheng(table)}
    jobs |= {name: peer(name, table) for name in PEERS}
    jobs["json"] = junheng(table, "--json")
    used = in_turn(jobs, REPEATS)
    ours = used["ours"].cpu_s
    pandas, polars = (used[name].cpu_s / ours for name in PEERS)
    what = f"a nation's unit table, {kind}"
    figures = {
        name: f"{u.cpu_s:.2f} CPU s, {u.wall_s:.2f} s wall, {u.peak_mib:.0f} MiB"
        for name, u in used.items()
    }
    return [
        Line(f"{what}: `junheng assess`", figures["ours"], "< 3 CPU s", ours < NATION_CPU_S),
        Line(
            f"{what}: pandas",
            f"{figures['pandas']}; {pandas:.2f} times ours",
            f">= {PANDAS_TIMES:.0f} times ours",
            pandas >= PANDAS_TIMES,
        ),
        Line(
            f"{what}: Polars",
            f"{figures['polars']}; {polars:.2f} times ours",
            ">= ours",
            polars >= 1,
        ),
        Line(f"{what}: `junheng assess --json`, every cell", figures["json"]),
    ]


def page() -> list[Line]:
    """Measure the district page of the demonstration in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.district_page"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    figure = (
        f"p95 {found['p95_ms']:.0f} ms, median {found['median_ms']:.0f} ms, "
        f"{found['n_queries']} queries, {found['kib']:.0f} KiB"
    )
    kept = found["p95_ms"] < PAGE_P95_MS
    return [Line("district page, server, warm, SQLite", figure, "p95 < 100 ms", kept)]


def main() -> None:
    """Measure, print, write the page."""
    with tempfile.TemporaryDirectory(prefix="junheng-bench-") as name:
        folder = Path(name)
        csv, parquet = folder / "nation.csv", folder / "nation.parquet"
        apart(tables.write_nation, csv, parquet)
        n_coefficients = min(prove_equal(folder, table) for table in (csv, parquet))
        lines = [*district(folder), *nation(csv), *nation(parquet), *page()]
    report.write(
        ROOT / "docs" / "benchmarks.md",
        lines,
        repeats=REPEATS,
        n_units=N_UNITS,
        n_counties=N_COUNTIES,
        n_coefficients=n_coefficients,
    )
    print("\n".join(line.text() for line in lines))


if __name__ == "__main__":
    main()

"""Measure everything and write docs/benchmarks.md: `python -m benchmarks`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import equality, json_equality, report, tables
from benchmarks.processes import ROOT, apart, in_turn, measure
from benchmarks.report import Line
from junheng.engine.simulation.nation import N_COUNTIES, N_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.processes import Usage

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


def whole_job(name: str, table: Path) -> list[str | Path]:
    """Return the arguments of a way that prints every result as JSON."""
    if name == "ours":
        return junheng(table, "--json", "--lang", "en")
    return ["-m", f"benchmarks.peers.{name}_json", table]


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


def prove_same_json(folder: Path, table: Path) -> int:
    """Print every result in every way once, compare them; return the number of equal values."""
    n_values = 0
    ours = folder / f"ours-{table.suffix}.json"
    measure(whole_job("ours", table), output=ours)
    for name in PEERS:
        theirs = folder / f"{name}-{table.suffix}.json"
        measure(whole_job(name, table), output=theirs)
        n_values = apart(json_equality.prove_same, ours, theirs)
        theirs.unlink()
    ours.unlink()
    return n_values


def nation(table: Path) -> list[Line]:
    """Measure the nation's table in one format against the peers, verdicts alone and in full."""
    kind = "Parquet" if table.suffix == ".parquet" else "CSV"
    jobs: dict[str, Sequence[str | Path]] = {"ours": junheng(table)}
    jobs |= {name: peer(name, table) for name in PEERS}
    jobs |= {f"json {name}": whole_job(name, table) for name in ("ours", *PEERS)}
    used = in_turn(jobs, REPEATS)
    short = {name: used[name] for name in ("ours", *PEERS)}
    full = {name: used[f"json {name}"] for name in ("ours", *PEERS)}
    what = f"a nation's unit table, {kind}"
    return [
        *_against_peers(
            f"{what}: verdicts, `junheng assess`", f"{what}: verdicts", short, has_bar=True
        ),
        *_against_peers(
            f"{what}: every result as JSON, `junheng assess --json`",
            f"{what}: every result as JSON",
            full,
            has_bar=False,
        ),
    ]


def _against_peers(
    ours: str, theirs: str, used: dict[str, Usage], *, has_bar: bool
) -> Iterator[Line]:
    cpu_s = used["ours"].cpu_s
    times = {name: used[name].cpu_s / cpu_s for name in PEERS}
    if has_bar:
        yield Line(ours, _figure(used["ours"]), "< 3 CPU s", cpu_s < NATION_CPU_S)
    else:
        yield Line(ours, _figure(used["ours"]))
    for name, label, least in (("pandas", "pandas", PANDAS_TIMES), ("polars", "Polars", 1.0)):
        bar = ">= ours" if least == 1 else f">= {least:.0f} times ours"
        figure = f"{_figure(used[name])}; {times[name]:.2f} times ours"
        yield Line(f"{theirs}, {label}", figure, bar, times[name] >= least)


def _figure(used: Usage) -> str:
    return f"{used.cpu_s:.2f} CPU s, {used.wall_s:.2f} s wall, {used.peak_mib:.0f} MiB"


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
        n_values = min(prove_same_json(folder, table) for table in (csv, parquet))
        lines = [*district(folder), *nation(csv), *nation(parquet), *page()]
    report.write(
        ROOT / "docs" / "benchmarks.md",
        lines,
        repeats=REPEATS,
        n_units=N_UNITS,
        n_counties=N_COUNTIES,
        n_coefficients=n_coefficients,
        n_values=n_values,
    )
    print("\n".join(line.text() for line in lines))


if __name__ == "__main__":
    main()

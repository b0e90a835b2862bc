"""From people to verdicts, up to a nation: `python -m benchmarks.nation_people [--size nation]`.

Draws a folder of people into a temporary place (or takes those in `--data`), proves that the other
ways give the same, measures whole processes by turns, and writes docs/benchmarks-people.md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks import equality, report
from benchmarks.processes import ROOT, Usage, apart, in_turn, measure
from benchmarks.report import Line
from junheng.engine.simulation.persons_nation import SIZES, Size, persons_nation

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = ROOT / "docs" / "benchmarks-people.md"
MEASURED = {
    "district": ("district",),
    "province": ("province",),
    "nation": ("province", "region", "nation"),
}
ALL_SIZES = {**SIZES, "region": Size(24_000, 20_000_000, 380)}
REPEATS = {"district": 5, "province": 5, "region": 3, "nation": 3}
SCAN_TIMES = 3.0
PEAK_MIB = 512.0
EXPONENT = 1.05
PANDAS_TIMES = 5.0
WITH_PEERS = ("district", "province")

HEAD = """# Benchmarks from people

Written by `python -m benchmarks.nation_people --size {size}`; every run writes this page anew, and
all rows come from one run. The folders are drawn by `persons_nation` (seeded, not calibrated to any
place): pupils, staff, lessons, rooms, grounds and equipment as Parquet in pieces of 5,000 schools.

**The job**: from the rows to class sizes in the bands of the annual statistics, the seven cells and
the verdict of every unit, the coefficients of variation and the verdict of every county. All links
between the datasets are checked on the way. Not part of it is the pass that looks for a person in
two places (`checks_people`), which an import has made already; a row of its own says what it costs.

**The scan** reads the columns that the job reads, from the same files with the same engine, and
does nothing but look at every value once (`max` of each column). The ratio to a scan that decodes
and only counts (`count`), which the engine answers without looking at a value, is given beside it.

Every process has one thread (also those of Polars), since threads that wait for each other take
processor time, too. Figures are processor seconds of whole processes **less {start:.2f} s**, those
of a process that only starts Python and the engine; median, by turns, of as many runs as here:
{repeats}. Memory is the peak of resident memory. Before anything is measured the results of pandas
and Polars are proved equal to ours: class sizes and verdicts exactly, coefficients to 1e-9. Both
leave out every check, compute in doubles, and leave out what such folders never hold. Planning the
queries costs the same at every size, which lowers the exponents of growth from the smaller sizes.

Run on {day}: {machine}.

| what | measured | bar | kept |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Folder:
    """A drawn folder, its size and what its rows are."""

    name: str
    path: Path
    size: Size

    def text(self) -> str:
        """Return the size for people."""
        millions = self.size.pupils / 10**6
        return f"{self.name}, {millions:.3g} M pupils, {self.size.schools:,} schools"


def draw(name: str, place: Path) -> Folder:
    """Draw a folder, or take the one that is there."""
    path, size = place / name, ALL_SIZES[name]
    if not path.is_dir():
        apart(_draw, path, size)
    return Folder(name, path, size)


def _draw(path: Path, size: Size) -> None:
    for _ in persons_nation(path, size):
        pass


def job(name: str, *arguments: str | Path) -> list[str | Path]:
    """Return the arguments of one of the ways."""
    return ["-m", f"benchmarks.peers.{name}_people", *arguments]


def prove_equal(folder: Folder, place: Path) -> int:
    """Run every way once with results, compare them; return the number of coefficients."""
    ours = place / f"ours-{folder.name}"
    measure(job("junheng", folder.path, ours))
    n_coefficients = 0
    for name in ("pandas", "polars"):
        theirs = place / f"{name}-{folder.name}"
        measure(job(name, folder.path, theirs))
        n_coefficients = apart(equality.prove, ours, theirs)
        apart(_prove_sizes, ours, theirs)
    return n_coefficients


def _prove_sizes(ours: Path, theirs: Path) -> None:
    one, other = (
        pl.read_parquet(folder / "class_sizes.parquet").sort("unit_id") for folder in (ours, theirs)
    )
    columns = sorted(one.columns)
    counts = pl.exclude("unit_id").cast(pl.Int64)
    pairs = (frame.select(columns).with_columns(counts) for frame in (one, other))
    assert next(pairs).equals(next(pairs))


def jobs_of(folder: Folder) -> dict[str, Sequence[str | Path]]:
    """Return the ways that are measured at a size."""
    jobs: dict[str, Sequence[str | Path]] = {
        "start": ["-c", "from junheng.engine.store.session import Session; Session().close()"],
        "scan": job("scan", folder.path, "max"),
        "count": job("scan", folder.path, "count"),
        "ours": job("junheng", folder.path),
    }
    if folder.name in WITH_PEERS:
        jobs |= {name: job(name, folder.path) for name in ("polars", "pandas")}
        jobs["checked"] = job("junheng", folder.path, "checked")
    return jobs


def lines_of(folder: Folder, used: dict[str, Usage]) -> list[Line]:
    """Return the rows of one size."""
    start = used["start"].cpu_s
    cpu = {name: usage.cpu_s - start for name, usage in used.items()}
    ours, times = cpu["ours"], cpu["ours"] / cpu["scan"]
    peak = used["ours"].peak_mib
    is_nation = folder.name == "nation"
    lines = [
        Line(
            f"{folder.text()}: bare scan",
            f"{cpu['scan']:.2f} CPU s; decoding alone {cpu['count']:.2f}",
        ),
        Line(
            f"{folder.name}: the job",
            f"{ours:.2f} CPU s, {times:.2f} times the scan, {ours / cpu['count']:.2f} times "
            "decoding alone",
            f"<= {SCAN_TIMES:.0f} times the scan" if is_nation else "",
            times <= SCAN_TIMES if is_nation else None,
        ),
        Line(
            f"{folder.name}: peak memory of the job",
            f"{peak:.0f} MiB",
            f"< {PEAK_MIB:.0f} MiB" if is_nation else "",
            peak < PEAK_MIB if is_nation else None,
        ),
    ]
    return lines + (_peers(folder, cpu, used) if "pandas" in used else [])


def _peers(folder: Folder, cpu: dict[str, float], used: dict[str, Usage]) -> list[Line]:
    pandas, polars = (cpu[name] / cpu["ours"] for name in ("pandas", "polars"))
    is_province = folder.name == "province"
    return [
        Line(
            f"{folder.name}: pandas",
            f"{cpu['pandas']:.2f} CPU s, {used['pandas'].peak_mib:.0f} MiB; "
            f"{pandas:.2f} times ours",
            f">= {PANDAS_TIMES:.0f} times ours" if is_province else "",
            pandas >= PANDAS_TIMES if is_province else None,
        ),
        Line(
            f"{folder.name}: Polars, streaming",
            f"{cpu['polars']:.2f} CPU s, {used['polars'].peak_mib:.0f} MiB; "
            f"{polars:.2f} times ours",
            ">= ours" if is_province else "",
            polars >= 1 if is_province else None,
        ),
        Line(
            f"{folder.name}: the job and the search for people in two places",
            f"{cpu['checked']:.2f} CPU s, {used['checked'].peak_mib:.0f} MiB",
        ),
    ]


def growth(folders: list[Folder], cpu_s: dict[str, float]) -> list[Line]:
    """Return the exponents of growth between all sizes."""
    return [_growth(*pair, cpu_s) for pair in combinations(folders, 2)]


def _growth(first: Folder, later: Folder, cpu_s: dict[str, float]) -> Line:
    rows = later.size.pupils / first.size.pupils
    exponent = log(cpu_s[later.name] / cpu_s[first.name]) / log(rows)
    is_judged = (first.name, later.name) == ("province", "nation")
    return Line(
        f"growth {first.name} to {later.name}: exponent of CPU over pupils",
        f"{exponent:.3f} ({rows:.1f} times the pupils)",
        f"<= {EXPONENT}" if is_judged else "",
        exponent <= EXPONENT if is_judged else None,
    )


def spark(folder: Folder) -> Line:
    """Compare the terms of every unit with Spark's; RuntimeError where they differ."""
    used = measure(job("spark", folder.path))
    return Line(
        f"{folder.name}: the same SQL on Spark gives the same terms of every unit",
        f"equal; {used.wall_s:.0f} s wall",
        "equal",
        is_kept=True,
    )


def run(size: str, place: Path, *, with_spark: bool) -> tuple[list[Line], float]:
    """Measure up to a size; return the rows and the processor seconds of a start."""
    folders = [draw(name, place) for name in MEASURED[size]]
    lines: list[Line] = []
    cpu_s: dict[str, float] = {}
    start = 0.0
    with tempfile.TemporaryDirectory(prefix="junheng-people-") as results:
        for folder in folders:
            if folder.name in WITH_PEERS:
                n = prove_equal(folder, Path(results))
                lines.append(Line(f"{folder.name}: coefficients proved equal", f"{n:,}"))
            used = in_turn(dict(jobs_of(folder)), REPEATS[folder.name])
            start = used["start"].cpu_s
            cpu_s[folder.name] = used["ours"].cpu_s - start
            lines += lines_of(folder, used)
            if with_spark and folder.name in WITH_PEERS:
                lines.append(spark(folder))
    return lines + growth(folders, cpu_s), start


def write(size: str, lines: list[Line], start: float) -> None:
    """Write the page."""

    repeats = ", ".join(f"{REPEATS[name]} ({name})" for name in MEASURED[size])
    head = HEAD.format(
        size=size,
        start=start,
        repeats=repeats,
        day=datetime.now(UTC).date().isoformat(),
        machine=report.machine(),
    )
    PAGE.write_text(head + "\n".join(line.text() for line in lines) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, write the page, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nation_people")
    parser.add_argument("--size", choices=list(MEASURED), default="province")
    parser.add_argument("--data", type=Path, help="folder that keeps what is drawn (10 GB at most)")
    parser.add_argument("--spark", action="store_true", help="compare with Spark, which takes long")
    arguments = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"
    with tempfile.TemporaryDirectory(prefix="junheng-people-") as name:
        place = arguments.data or Path(name)
        lines, start = run(arguments.size, place, with_spark=arguments.spark)
    write(arguments.size, lines, start)
    print("\n".join(line.text() for line in lines))


if __name__ == "__main__":
    main()

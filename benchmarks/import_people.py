"""Measure imports of people and write docs/benchmarks-import.md.

    python -m benchmarks.import_people [--large]

Preview and apply of one workbook with every pupil and member of staff of the sample district, each
in a process of its own, on SQLite; beside them openpyxl, which merely reads the workbook. With
`--large` tables of one, three and ten times that many people on PostgreSQL, as CSV.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tests import stores

from benchmarks.copied_people import write_copies, write_people_book
from benchmarks.processes import ROOT, apart, measure
from benchmarks.report import Line, machine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.processes import Usage

BARS = {"preview_s": 20.0, "apply_s": 20.0, "peak_mib": 1024.0, "exponent": 1.1}
LARGE = (1, 3, 10)
PAGE = ROOT / "docs" / "benchmarks-import.md"


def step(url: str, name: str, path: Path) -> Usage:
    """Run one step in a process of its own and return what it took."""
    os.environ |= {"JUNHENG_MODE": "test", "JUNHENG_DATABASE_URL": url}
    return measure(["-m", "benchmarks.import_step", name, path])


def on_sqlite(folder: Path) -> list[Line]:
    """Measure the workbook of the sample district on SQLite."""
    data = folder / "district"
    counts = apart(write_copies, data, 1)
    book = folder / "people.xlsx"
    apart(write_people_book, data, book)
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    step(url, "prepare", data)
    preview = step(url, "preview", book)
    applied = step(url, "apply", book)
    undone = step(url, "undo", book)
    read = step(url, "openpyxl", book)
    people = f"a workbook of {counts['pupils']:,} rows of pupils and {counts['staff']:,} of staff"
    share = preview.cpu_s / read.cpu_s
    return [
        _bar(f"{people}: preview, SQLite", preview, "preview_s"),
        _bar(f"{people}: apply, SQLite", applied, "apply_s"),
        Line(f"{people}: undo, SQLite", told(undone)),
        _peak(people, (preview, applied, undone)),
        Line(
            f"{people}: openpyxl reads it and does nothing else",
            f"{told(read)}; the preview takes {share:.2f} times its CPU",
            "preview < 1 times",
            share < 1,
        ),
    ]


def on_postgresql(folder: Path) -> list[Line]:
    """Measure one, three and ten districts on PostgreSQL, and how the cost grows."""
    lines, costs = [], []
    for times in LARGE:
        data = folder / f"districts-{times}"
        counts = apart(write_copies, data, times)
        cluster = stores.start()
        try:
            step(cluster.url, "prepare", data)
            server = [server_cpu_s(cluster)]
            preview = step(cluster.url, "preview-folder", data / "people")
            server.append(server_cpu_s(cluster))
            applied = step(cluster.url, "apply-folder", data / "people")
            server.append(server_cpu_s(cluster))
        finally:
            cluster.stop()
        n_people = counts["pupils"] + counts["staff"]
        served = [after - before for before, after in pairwise(server)]
        for name, used, by_server in zip(
            ("preview", "apply"), (preview, applied), served, strict=True
        ):
            measured = f"{told(used)}; the server {by_server:.1f} CPU s"
            lines.append(Line(f"{n_people:,} rows, PostgreSQL: {name}", measured))
        costs.append((n_people, preview.cpu_s + applied.cpu_s + sum(served)))
    (few, cheap), (many, dear) = costs[0], costs[-1]
    exponent = math.log(dear / cheap) / math.log(many / few)
    limit = BARS["exponent"]
    growth = "CPU of preview and apply with the server's, from one district to ten: exponent"
    return [*lines, Line(growth, f"{exponent:.2f}", f"<= {limit}", exponent <= limit)]


def server_cpu_s(cluster: stores.Cluster) -> float:
    """Return the processor seconds of a server and of every connection that has ended.

    The server's process counts those of its children once they are gone.
    """
    process = (cluster.folder / "data" / "postmaster.pid").read_text().split(maxsplit=1)[0]
    # The name of the program, in parentheses, may hold blanks; the fields are those of proc(5).
    fields = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def told(used: Usage) -> str:
    """Return what a step took as text."""
    return f"{used.wall_s:.1f} s wall, {used.cpu_s:.1f} CPU s, {used.peak_mib:.0f} MiB"


def _bar(what: str, took: Usage, bar: str) -> Line:
    return Line(what, told(took), f"< {BARS[bar]:.0f} s wall", took.wall_s < BARS[bar])


def _peak(people: str, steps: Sequence[Usage]) -> Line:
    peak = max(one.peak_mib for one in steps)
    limit = BARS["peak_mib"]
    return Line(f"{people}: peak memory", f"{peak:.0f} MiB", f"< {limit:.0f} MiB", peak < limit)


def main() -> None:
    """Measure, print, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="measure on PostgreSQL, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="junheng-bench-") as name:
        folder = Path(name)
        lines = on_sqlite(folder)
        if arguments.large:
            lines += on_postgresql(folder)
    rows = "\n".join(line.text() for line in lines)
    PAGE.write_text(HEAD.format(machine=machine()) + rows + "\n", encoding="utf-8")
    print(rows)


HEAD = """# Imports of people: measured

Written by `python -m benchmarks.import_people`, with `--large` for PostgreSQL, too; do not edit.
Each step is a process of its own, from its start to its end. The preview reads the workbook, checks
every cell, row and reference, compares with what is stored, and keeps the encrypted preview and
rows; applying takes those rows, compares them again with what is stored, since the registry may
have changed meanwhile, and writes. "People" are rows: one for each time a pupil spent in a class,
or somebody worked at a school.

Seconds depend on what else the machine does (see its load), those of the processor less than those
on the clock.

Machine: {machine}.

| what | measured | bar | kept |
|---|---|---|---|
"""

if __name__ == "__main__":
    main()

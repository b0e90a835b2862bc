"""The table of docs/benchmarks.md, written from what was measured."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("duckdb", "polars", "pandas", "numpy", "pyarrow", "Django")

HEAD = """# Benchmarks

Written by `make bench` (`python -m benchmarks`); every run writes this page anew. All rows of one
page come from one run. Processor seconds are those of the whole process, all threads, from start
to end; where other libraries do the same job the ways take turns and the median of {repeats} runs
stands here. The jobs of pandas and Polars are in `benchmarks/peers`; before anything is measured,
all their verdicts ({n_units:,} units, {n_counties:,} counties) are proved equal to ours and their
{n_coefficients:,} coefficients to 1e-9. They make the same checks of the table, but stop at the
first fault, and compare doubles with a tolerance where Junheng reads decimals as written and
decides in whole numbers.

Run on {day}: {machine}.

| what | measured | bar | kept |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Line:
    """One row: what, the figure as text, the bar as text, whether it is kept (None: no bar)."""

    what: str
    figure: str
    bar: str = ""
    is_kept: bool | None = None

    def text(self) -> str:
        """Return the row of the table."""
        kept = {True: "yes", False: "**no**", None: ""}[self.is_kept]
        return f"| {self.what} | {self.figure} | {self.bar} | {kept} |"


def machine() -> str:
    """Return cores, memory, and versions of what is compared."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {pages / 2**30:.0f} GiB, load average "
        f"{load:.1f}, {platform.system()}, Python {platform.python_version()}, {versions}"
    )


def write(path: Path, lines: list[Line], **counts: int) -> None:
    """Write the page."""
    day = datetime.now(UTC).date().isoformat()
    head = HEAD.format(day=day, machine=machine(), **counts)
    path.write_text(head + "\n".join(line.text() for line in lines) + "\n", encoding="utf-8")

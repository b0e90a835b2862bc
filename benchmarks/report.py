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
stands here. The jobs of pandas and Polars are in `benchmarks/peers`, written as an analyst would
who knows the library well: vectorised, lazy, no column read in vain, no text held twice.

Two jobs are measured on a nation's table ({n_units:,} units, {n_counties:,} counties):

- **Verdicts.** All units, coefficients and counties are judged; the first 40 counties are printed.
  Before anything is measured, all verdicts are proved equal to ours and the {n_coefficients:,}
  coefficients to 1e-9. The peers do less here: they decide in doubles with a tolerance and print no
  reasons; `junheng assess` decides in whole numbers and prints the reasons of each county.
- **Every result as JSON.** The object of `docs/reference/assess-json.md`: every cell with value,
  threshold, floor, status and gap, every coefficient with the units it leaves out, every county
  with its reasons. The peers print the same object, and judge units in whole hundredths, as exactly
  as ours; all {n_values:,} values are proved the same before anything is measured (words and counts
  equal, figures to 1e-9).

In both jobs the peers make the same checks of the table. They stop at the first fault without
naming it, take English headers and words in UTF-8 alone, and know at most two decimals. Ours reads
a table without a fault in one go, as they do; one that has a fault, or is written in another way
(quotation marks, other encodings, numbers with exponents), it reads a second time, cell by cell.
Starting Python and importing the libraries counts for every way.

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

"""Proof that two ways did the same job: every verdict equal, every coefficient to 1e-9."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = 1e-9
KEYS = ["county_code", "stage", "indicator"]
FIGURES = ["mean", "sd", "cv"]


def prove(ours: Path, theirs: Path) -> int:
    """Compare two folders of results; return how many coefficients agree, or AssertionError."""
    _assert_equal(ours, theirs, "units", "unit_id", "verdict")
    _assert_equal(ours, theirs, "counties", "county_code", "resource_allocation")
    one, other = (
        pl.read_parquet(folder / "dispersion.parquet").select(*KEYS, *FIGURES)
        for folder in (ours, theirs)
    )
    both = one.join(other, on=KEYS, how="full", suffix="_other", coalesce=True)
    assert len(both) == len(one) == len(other)
    for figure in FIGURES:
        distance = (pl.col(figure) - pl.col(f"{figure}_other")).abs()
        is_close = distance <= CLOSE * pl.max_horizontal(pl.col(figure).abs(), 1e-9)
        is_blank = pl.col(figure).is_null() & pl.col(f"{figure}_other").is_null()
        assert both.select((is_close | is_blank).fill_null(value=False).all()).item(), figure
    return len(both)


def _assert_equal(ours: Path, theirs: Path, name: str, key: str, value: str) -> None:
    one, other = (
        pl.read_parquet(folder / f"{name}.parquet").select(key, value).sort(key)
        for folder in (ours, theirs)
    )
    assert one.equals(other), f"{name} differ"

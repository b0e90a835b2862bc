"""A nation's unit table: counts, skew, and rows that a unit table may have."""

from __future__ import annotations

import numpy as np
import pytest

from junheng.engine.simulation.nation import Nation, draw_nation
from junheng.engine.simulation.unit_table import HEADERS


@pytest.fixture(scope="module")
def nation() -> Nation:
    return draw_nation(6_000, 80, seed=3)


def test_it_works(nation: Nation) -> None:
    assert list(nation.columns) == list(HEADERS)
    assert {len(column) for column in nation.columns.values()} == {6_000}
    assert len(np.unique(nation.columns["county_code"])) == 80
    assert all(len(code) == 6 for code in nation.columns["county_code"].tolist())


def test_units_are_unique_and_schools_have_one_or_two(nation: Nation) -> None:
    assert len(np.unique(nation.columns["unit_id"])) == 6_000
    _, n_units = np.unique(nation.columns["school_id"], return_counts=True)
    assert set(n_units.tolist()) == {1, 2}


def test_sizes_are_skewed(nation: Nation) -> None:
    pupils = nation.columns["pupils"].astype(np.float64)
    assert pupils.min() >= 0
    assert pupils.mean() > 1.3 * float(np.median(pupils))


def test_figures_are_possible(nation: Nation) -> None:
    columns = {
        name: column.astype(np.float64)
        for name, column in nation.columns.items()
        if column.dtype.kind != "U"
    }
    assert all(float(np.nanmin(column)) >= 0 for column in columns.values())
    assert bool(np.all(columns["indoor_sport_area_m2"] <= columns["teaching_area_m2"]))
    assert 0 < int(np.isnan(columns["teachers_backbone"]).sum()) < 60


def test_rows_are_the_columns_as_text(nation: Nation) -> None:
    rows = list(nation.rows())
    assert len(rows) == 6_000
    first = dict(zip(HEADERS, rows[0], strict=True))
    assert first["pupils"] == str(nation.columns["pupils"][0])
    assert first["stage"] in {"primary", "junior"}
    assert "" in {row[list(HEADERS).index("teachers_backbone")] for row in rows}
    assert "nan" not in {value for row in rows for value in row}


def test_the_same_seed_repeats(nation: Nation) -> None:
    assert list(draw_nation(6_000, 80, seed=3).rows()) == list(nation.rows())
    assert list(draw_nation(6_000, 80, seed=4).rows()) != list(nation.rows())


def test_more_counties_than_units_are_refused() -> None:
    with pytest.raises(ValueError, match="5 units cannot fill 6 counties"):
        draw_nation(5, 6)

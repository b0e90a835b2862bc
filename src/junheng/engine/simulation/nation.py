"""A nation's unit table for benchmarks: many units with skewed sizes, column by column.

Not calibrated to any place. Drawn with NumPy, which is fast and here only has to repeat with the
locked version of NumPy, not for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from junheng.engine.simulation.unit_table import HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

N_UNITS = 240_000
N_COUNTIES = 2_900
PRIMARY_SHARE = 0.75
MEDIAN_PUPILS = 330.0
SPREAD = 1.1
"""Standard deviation of the logarithm of a unit's pupils: many small schools, few large ones."""
MOST_PUPILS = 6_000
POINT_SHARE = 0.04
BLANK_SHARE = 0.002

# Mean of a unit per pupil, and how widely units lie around it.
PEOPLE_PER_100 = {
    "teachers_above_degree": (6.3, 0.25),
    "teachers_backbone": (1.4, 0.3),
    "teachers_pe_arts": (1.15, 0.3),
    "teachers_mid_title": (3.2, 0.25),
}
THINGS_PER_PUPIL = {
    "sports_ground_area_m2": (10.0, 0.3),
    "equipment_yuan": (2_700.0, 0.3),
    "books": (30.0, 0.25),
}


@dataclass(frozen=True)
class Nation:
    """Columns of a unit table, each with one value a unit; NaN stands for a blank cell.

    `columns` holds every column of the contract in its order: text as NumPy strings, people and
    pieces as whole numbers, areas and money with two decimals.
    """

    n_units: int
    columns: dict[str, NDArray[np.generic]]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows as text, as they stand in a CSV file without its header."""
        return zip(*(_as_text(column) for column in self.columns.values()), strict=True)


def _as_text(column: NDArray[np.generic]) -> list[str]:
    if column.dtype.kind != "f":
        return [str(value) for value in column.tolist()]
    return ["" if isnan(value) else f"{value:.15g}" for value in column.tolist()]


def draw_nation(units: int = N_UNITS, counties: int = N_COUNTIES, *, seed: int = 2025) -> Nation:
    """Draw a unit table of `units` rows spread unevenly over `counties` counties.

    Every tenth school or so is a nine-year school whose two units follow each other.

    Raises
    ------
    ValueError
        Fewer units than counties, or no county.
    """
    import numpy as np

    if not 1 <= counties <= units:
        message = f"{units} units cannot fill {counties} counties"
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    columns = _identities(rng, units, counties)
    is_junior = columns["stage"] == "junior"
    columns |= _sizes(rng, is_junior)
    columns |= _figures(rng, columns["pupils"], is_junior)
    return Nation(units, {name: columns[name] for name in HEADERS})


def _identities(
    rng: np.random.Generator, units: int, counties: int
) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    # Every county has a unit; the rest fall by lot, weighted by the size of the county.
    weights = rng.lognormal(0.0, 0.7, counties)
    further = rng.choice(counties, units - counties, p=weights / weights.sum())
    county = np.sort(np.concatenate([np.arange(counties), further]))
    is_junior = rng.random(units) > PRIMARY_SHARE
    is_second = np.zeros(units, dtype=bool)
    is_second[1:] = (
        is_junior[1:]
        & ~is_junior[:-1]
        & (county[1:] == county[:-1])
        & (rng.random(units - 1) < 0.4)
    )
    school = np.cumsum(~is_second)
    stage = np.where(is_junior, "junior", "primary")
    school_id = np.char.add("N", np.char.zfill(school.astype(str), 7))
    return {
        "unit_id": np.char.add(school_id, np.where(is_junior, "-J", "-P")),
        "school_id": school_id,
        "school_name": np.char.add("样例学校", school.astype(str)),
        "county_code": (990_000 + county).astype(str),
        "stage": stage,
    }


def _sizes(
    rng: np.random.Generator, is_junior: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    n = len(is_junior)
    drawn = rng.lognormal(np.log(MEDIAN_PUPILS), SPREAD, n) * np.where(is_junior, 1.6, 1.0)
    pupils = np.clip(drawn, 8, MOST_PUPILS).astype(np.int64)
    is_point = ~is_junior & (pupils < 100) & (rng.random(n) < POINT_SHARE * 10)
    return {"pupils": pupils, "kind": np.where(is_point, "teaching_point", "ordinary")}


def _figures(
    rng: np.random.Generator, pupils: NDArray[np.generic], is_junior: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    size = pupils.astype(np.float64)
    stage = np.where(is_junior, 1.3, 1.0)

    def around(mean: float, spread: float) -> NDArray[np.float64]:
        return mean * stage * size * rng.lognormal(-spread * spread / 2, spread, len(size))

    columns: dict[str, NDArray[np.generic]] = {}
    for name, (mean, spread) in PEOPLE_PER_100.items():
        columns[name] = np.ceil(around(mean / 100, spread))
    columns["teachers"] = columns["teachers_above_degree"] + np.ceil(size / 150)
    for name, (mean, spread) in THINGS_PER_PUPIL.items():
        columns[name] = np.round(around(mean, spread), 2)
    indoor = np.round(around(0.4, 0.5) * (rng.random(len(size)) < 0.4), 2)
    columns["indoor_sport_area_m2"] = indoor
    columns["teaching_area_m2"] = np.round(around(5.6, 0.25) + indoor, 2)
    columns["media_rooms"] = np.ceil(around(0.028, 0.25))
    columns["computers"] = np.ceil(around(0.14, 0.3))
    blank = rng.random(len(size)) < BLANK_SHARE
    columns["teachers_backbone"] = np.where(blank, np.nan, columns["teachers_backbone"])
    return columns

"""Draw a district: the one way in."""

from __future__ import annotations

from junheng.engine.simulation.district import Bureau, District
from junheng.engine.simulation.figures import years_of
from junheng.engine.simulation.geography import MAP
from junheng.engine.simulation.names import DISTRICT
from junheng.engine.simulation.plan import LAST_YEAR, draw_plan
from junheng.engine.simulation.presets import preset_named
from junheng.errors import DataError
from junheng.i18n import say

BUREAU = Bureau("990101", DISTRICT)
"""No place in the country has an area code that begins with 99."""

DEFAULT_SEED = 2025
MAX_YEARS = 15


def draw_district(
    preset: str = "dongsheng", *, seed: int = DEFAULT_SEED, years: int = 10
) -> District:
    """Draw a district calibrated to a preset; the same arguments always give the same district.

    Parameters
    ----------
    preset
        Name of one of `presets.PRESETS`.
    seed
        Changes names, places, sizes and levels; the preset's totals stay.
    years
        School years up to 2025-2026, 1 to 15. Fewer years leave those drawn unchanged.

    Raises
    ------
    DataError
        An unknown preset, or a number of years out of range.
    """
    if not 1 <= years <= MAX_YEARS:
        raise DataError(
            say(
                "The sample district has 1 to {most} school years, not {years}.",
                most=MAX_YEARS,
                years=years,
            )
        )
    chosen = preset_named(preset)
    span = tuple(range(LAST_YEAR - years + 1, LAST_YEAR + 1))
    plans = [p for p in draw_plan(chosen, seed) if any(p.school.exists_in(y) for y in span)]
    return District(
        bureau=BUREAU,
        preset=preset,
        seed=seed,
        years=span,
        map=MAP,
        schools=tuple(plan.school for plan in plans),
        units=tuple(unit.unit for plan in plans for unit in plan.units),
        figures=tuple(figures for plan in plans for figures in years_of(plan, span, seed)),
    )

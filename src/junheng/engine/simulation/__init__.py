"""Simulated districts: a sample with ten years of history, and a nation's table for benchmarks.

>>> from junheng.engine import simulation
>>> district = simulation.draw_district("dongsheng", seed=1, years=1)
>>> len(district.schools), sum(figures.pupils for figures in district.figures)
(50, 77332)
"""

from junheng.engine.simulation.district import District, School, Unit, UnitYear, school_year_label
from junheng.engine.simulation.nation import Nation, draw_nation
from junheng.engine.simulation.presets import PRESETS
from junheng.engine.simulation.sample import draw_district
from junheng.engine.simulation.ties import SchoolTies, draw_ties
from junheng.engine.simulation.unit_table import unit_table, write_unit_table

__all__ = [
    "PRESETS",
    "District",
    "Nation",
    "School",
    "SchoolTies",
    "Unit",
    "UnitYear",
    "draw_district",
    "draw_nation",
    "draw_ties",
    "school_year_label",
    "unit_table",
    "write_unit_table",
]

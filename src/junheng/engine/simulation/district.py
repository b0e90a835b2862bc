"""The records of a simulated district: who is there, where, and what every unit has each year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

    from junheng.engine.standard.ruleset import Stage, Text, UnitKind

SchoolKind = Literal[
    "primary", "junior", "nine_year", "complete_middle", "teaching_point", "special"
]
Location = Literal["city", "town", "rural"]
Owner = Literal["county", "private"]
Point = tuple[int, int]
"""East and north of the lower left corner of the map, in metres."""


@dataclass(frozen=True)
class Bureau:
    """The county-level education department."""

    code: str
    name: Text


@dataclass(frozen=True)
class Township:
    """A street office, town or township, with the middle of its built-up part."""

    name: Text
    location: Location
    centre: Point
    reach_m: int


@dataclass(frozen=True)
class Road:
    """A main road as a line."""

    name: Text
    line: tuple[Point, ...]


@dataclass(frozen=True)
class DistrictMap:
    """An invented map in metres: outline (closed by its first point), river, roads, townships."""

    width_m: int
    height_m: int
    outline: tuple[Point, ...]
    river_name: Text
    river: tuple[Point, ...]
    roads: tuple[Road, ...]
    townships: tuple[Township, ...]


@dataclass(frozen=True)
class School:
    """A school by law, with what does not change from year to year.

    `location_code` is the urban-rural class of the national code list (111 ... 220). A school that
    was merged has the first school year in which it no longer exists, and the school it went to.
    """

    id: str
    name: Text
    kind: SchoolKind
    location: Location
    location_code: str
    township: str
    owner: Owner
    founded: int
    is_boarding: bool
    x_m: int
    y_m: int
    closed: int | None = None
    successor_id: str | None = None

    def exists_in(self, year: int) -> bool:
        """Whether the school has pupils in the school year that starts in `year`."""
        return self.founded <= year and (self.closed is None or year < self.closed)


@dataclass(frozen=True)
class Unit:
    """One stage of one school: what the standard counts."""

    id: str
    school_id: str
    stage: Stage
    kind: UnitKind


@dataclass(frozen=True)
class UnitYear:
    """The figures of one unit on 1 September of `year`.

    Shared assets of a school with several stages are already split, hence decimals.
    """

    unit_id: str
    year: int
    pupils: int
    staff: int
    teachers: int
    teachers_above_degree: int
    teachers_backbone: int
    teachers_pe_arts: int
    teachers_mid_title: int
    teaching_area_m2: Decimal
    indoor_sport_area_m2: Decimal
    sports_ground_area_m2: Decimal
    equipment_yuan: Decimal
    media_rooms: Decimal
    computers: Decimal
    books: Decimal


@dataclass(frozen=True)
class District:
    """A simulated district: bureau, map, schools, units, and their figures year by year.

    `years` are the years in which the school years start, ascending. `schools` and `units` hold
    merged schools, too; `schools_in` and `figures_in` tell who was there.
    """

    bureau: Bureau
    preset: str
    seed: int
    years: tuple[int, ...]
    map: DistrictMap
    schools: tuple[School, ...]
    units: tuple[Unit, ...]
    figures: tuple[UnitYear, ...]

    def schools_in(self, year: int) -> tuple[School, ...]:
        """Return the schools that exist in the school year that starts in `year`."""
        return tuple(school for school in self.schools if school.exists_in(year))

    def figures_in(self, year: int) -> tuple[UnitYear, ...]:
        """Return the figures of one school year, in the order of `units`."""
        return tuple(figures for figures in self.figures if figures.year == year)


def school_year_label(year: int) -> str:
    """Return the name of the school year that starts on 1 September of `year`.

    >>> school_year_label(2025)
    '2025-2026'
    """
    return f"{year}-{year + 1}"

"""Schools at their places: the invented map of the sample district, no map for anyone else yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.balance.present import words
from junheng.apps.foundation.shown import language
from junheng.engine.simulation.geography import MAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.models import AssessedUnit, Assessment

Points = tuple[tuple[int, int], ...]

# The worst of a school's units decides how the school is drawn.
WORST_FIRST = ("fail", "undetermined", "pass", "not_judged", "excluded")


@dataclass(frozen=True)
class Place:
    """A named place on the map, in metres."""

    name: str
    x_m: float
    y_m: float


@dataclass(frozen=True)
class DistrictMap:
    """The ground of a map: outline, rivers, roads as points in metres, and named places."""

    outline: Points
    rivers: tuple[Points, ...]
    roads: tuple[Points, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class MapSchool:
    """One school on the map: all its units together."""

    name: str
    x_m: float | None
    y_m: float | None
    pupils: int
    status: str
    url: str


def map_schools(units: Sequence[AssessedUnit]) -> tuple[MapSchool, ...]:
    """Return the schools of an assessment, each with the pupils and verdict of all its units."""
    by_school: dict[int, list[AssessedUnit]] = {}
    for unit in units:
        by_school.setdefault(unit.school_id, []).append(unit)
    return tuple(_school(parts) for parts in by_school.values())


def _school(parts: Sequence[AssessedUnit]) -> MapSchool:
    worst = min(parts, key=lambda unit: WORST_FIRST.index(unit.verdict))
    return MapSchool(
        name=words.unit_name(worst),
        x_m=worst.school.x_m,
        y_m=worst.school.y_m,
        pupils=sum(unit.pupils for unit in parts),
        status=words.shown_status(worst.verdict),
        url=words.school_url(worst),
    )


def district_map(assessment: Assessment, schools: Sequence[MapSchool]) -> DistrictMap | None:
    """Return the ground on which the schools lie; None where positions or ground are unknown."""
    if not assessment.bureau.is_simulated or not any(s.x_m is not None for s in schools):
        return None
    spoken = language()
    return DistrictMap(
        outline=MAP.outline,
        rivers=(MAP.river,),
        roads=tuple(road.line for road in MAP.roads),
        places=tuple(
            Place(town.name.of(spoken), town.centre[0], town.centre[1]) for town in MAP.townships
        ),
    )

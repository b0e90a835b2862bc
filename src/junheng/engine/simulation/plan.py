"""The plan of a district: which schools there are, how large, and how well off in the last year.

Everything else is derived from the plan: the figures of every year now, and people, rooms and
classes that add up to the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from junheng.engine.simulation.calibration import (
    STAFF_PER_100,
    STAFF_PER_100_SPECIAL,
    STAFF_SURPLUS,
    Group,
    Preset,
    Quality,
    Weakness,
)
from junheng.engine.simulation.district import School, Unit
from junheng.engine.simulation.draws import Draw, apportion
from junheng.engine.simulation.geography import MAP, place_near
from junheng.engine.simulation.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from junheng.engine.simulation.district import Location, Point, SchoolKind, Township
    from junheng.engine.standard.ruleset import Stage, UnitKind

LAST_YEAR = 2025
YEARS_TO_FILL = 4
"""A new school opens with some of its grades and is full after four years."""
CATEGORY: Mapping[SchoolKind, str] = {
    "primary": "21",
    "teaching_point": "21",
    "junior": "31",
    "nine_year": "31",
    "complete_middle": "34",
    "special": "51",
}
"""First two digits of the identifier (JY/T 1001); a nine-year school is in group 31."""
LOCATION_CODES: Mapping[Location, tuple[str, ...]] = {
    "city": ("111", "111", "111", "112"),
    "town": ("121", "121", "122"),
    "rural": ("220",),
}
UNIT_SUFFIX: Mapping[Stage, str] = {"primary": "P", "junior": "J"}
FIRST_SEQUENCE = 990_001
"""Sequence numbers from 99 0001: no register has issued them."""


@dataclass(frozen=True)
class UnitPlan:
    """One stage of a planned school: pupils and staff in the last year."""

    unit: Unit
    pupils: int
    staff: int = 0


@dataclass(frozen=True)
class SchoolPlan:
    """A planned school: identity, units, upper pupils who share its assets, and what it lacks.

    `moved_in` are the pupils of a merged school that came with `moved_in_year`.
    """

    school: School
    units: tuple[UnitPlan, ...]
    senior_pupils: int = 0
    short_of: frozenset[Quality] = frozenset()
    moved_in: int = 0
    moved_in_year: int = 0

    @property
    def pupils(self) -> int:
        """Pupils of the compulsory stages in the last year."""
        return sum(plan.pupils for plan in self.units)


def draw_plan(preset: Preset, seed: int) -> tuple[SchoolPlan, ...]:
    """Return the plan of every school, the merged one last."""
    names = Names(Draw(seed, "names"))
    founding = _Founding(preset, seed, names)
    drawn = [plan for group in founding.groups() for plan in group]
    sized = _with_pupils(drawn, preset, seed)
    staffed = _with_staff(sized, preset.staff)
    return _with_merger(_with_weaknesses(staffed, preset.weaknesses), preset, seed, names)


class _Founding:
    """Gives each school its number, name and place, group by group."""

    def __init__(self, preset: Preset, seed: int, names: Names) -> None:
        self._preset = preset
        self._seed = seed
        self._names = names
        self._taken: list[Point] = []
        self._n_at: dict[tuple[str, Location], int] = {}

    def groups(self) -> Iterator[list[SchoolPlan]]:
        for group in self._preset.groups:
            yield [self._found(group, ix) for ix in range(group.n_schools)]

    def _found(self, group: Group, ix: int) -> SchoolPlan:
        n = len(self._taken)
        township = self._township(group)
        draw = Draw(self._seed, "school", n)
        place = place_near(draw, township, self._taken)
        self._taken.append(place)
        codes = LOCATION_CODES[group.location]
        is_new = ix >= group.n_schools - group.n_new
        school = School(
            id=_identifier(group.kind, self._preset, n),
            name=self._names.next_for(group.kind, township),
            kind=group.kind,
            location=group.location,
            location_code=codes[draw.whole(0, len(codes) - 1)],
            township=township.name.zh,
            owner="private" if group.kind == "nine_year" and is_new and ix % 2 else "county",
            founded=draw.whole(LAST_YEAR - 8, LAST_YEAR - YEARS_TO_FILL)
            if is_new
            else draw.whole(1952, 2012),
            is_boarding=group.location != "city" and group.kind in {"junior", "nine_year"},
            x_m=place[0],
            y_m=place[1],
        )
        units = tuple(UnitPlan(_unit(school, stage), 0) for stage in group.pupils)
        return SchoolPlan(school, units)

    def _township(self, group: Group) -> Township:
        """Return the townships of a location in turn, so that each gets its schools."""
        # Outside the city a name holds the township's, so that each kind goes round by itself.
        at = ("" if group.location == "city" else group.kind, group.location)
        n = self._n_at.get(at, 0)
        self._n_at[at] = n + 1
        choice = [t for t in MAP.townships if t.location == group.location]
        return choice[n % len(choice)]


def _identifier(kind: SchoolKind, preset: Preset, n: int) -> str:
    return f"{CATEGORY[kind]}{preset.province_code}{FIRST_SEQUENCE + n}"


def _unit(school: School, stage: Stage) -> Unit:
    kinds: Mapping[str, UnitKind] = {"teaching_point": "teaching_point", "special": "special"}
    kind = kinds.get(school.kind, "ordinary")
    return Unit(f"{school.id}-{UNIT_SUFFIX[stage]}", school.id, stage, kind)


def _with_pupils(drawn: list[SchoolPlan], preset: Preset, seed: int) -> list[SchoolPlan]:
    """Draw sizes; scale those of the larger schools to the district's total."""
    groups = [group for group in preset.groups for _ in range(group.n_schools)]
    fixed: dict[str, int] = {}
    free: dict[str, float] = {}
    senior: dict[str, int] = {}
    for plan, group in zip(drawn, groups, strict=True):
        draw = Draw(seed, "size", plan.school.id)
        for unit in plan.units:
            size = draw.between(*group.pupils[unit.unit.stage])
            if group.is_scaled:
                free[unit.unit.id] = size
            else:
                fixed[unit.unit.id] = int(size)
        senior[plan.school.id] = int(draw.between(*group.senior_pupils))
    scaled = apportion(preset.pupils - sum(fixed.values()), list(free.values()))
    pupils = fixed | dict(zip(free, scaled, strict=True))
    return [
        replace(
            plan,
            units=tuple(replace(unit, pupils=pupils[unit.unit.id]) for unit in plan.units),
            senior_pupils=senior[plan.school.id],
        )
        for plan in drawn
    ]


def _with_staff(plans: list[SchoolPlan], total: int) -> list[SchoolPlan]:
    """Share the district's staff among the units by what their pupils need."""
    needs = [_staff_need(plan, unit) for plan in plans for unit in plan.units]
    staff = iter(apportion(total, needs))
    return [
        replace(plan, units=tuple(replace(unit, staff=next(staff)) for unit in plan.units))
        for plan in plans
    ]


def _staff_need(plan: SchoolPlan, unit: UnitPlan) -> float:
    if plan.school.kind == "special":
        return unit.pupils * STAFF_PER_100_SPECIAL
    surplus = STAFF_SURPLUS[plan.school.location]
    return unit.pupils * STAFF_PER_100[unit.unit.stage] * surplus


def _with_weaknesses(plans: list[SchoolPlan], weaknesses: tuple[Weakness, ...]) -> list[SchoolPlan]:
    weak: dict[str, frozenset[Quality]] = {}
    for weakness in weaknesses:
        group = [
            plan
            for plan in plans
            if (plan.school.kind, plan.school.location) == (weakness.kind, weakness.location)
            and plan.school.id not in weak
            and plan.school.founded < LAST_YEAR - 10
        ]
        largest = sorted(group, key=lambda plan: (-plan.pupils, plan.school.id))
        for plan in largest[: weakness.n_schools]:
            weak[plan.school.id] = frozenset(weakness.short_of)
    return [replace(plan, short_of=weak.get(plan.school.id, frozenset())) for plan in plans]


def _with_merger(
    plans: list[SchoolPlan], preset: Preset, seed: int, names: Names
) -> tuple[SchoolPlan, ...]:
    """Add a village school that was merged into another rural primary school, if there is one."""
    draw = Draw(seed, "merger")
    rural = [
        ix
        for ix, plan in enumerate(plans)
        if (plan.school.kind, plan.school.location) == ("primary", "rural") and not plan.short_of
    ]
    if not rural:
        return tuple(plans)
    ix = rural[0]
    into, year = plans[ix], LAST_YEAR - draw.whole(4, 6)
    township = next(t for t in MAP.townships if t.name.zh == into.school.township)
    taken = [(plan.school.x_m, plan.school.y_m) for plan in plans]
    x_m, y_m = place_near(draw, township, taken)
    school = replace(
        into.school,
        id=_identifier("primary", preset, len(plans)),
        name=names.next_for("primary", township),
        founded=draw.whole(1952, 1988),
        x_m=x_m,
        y_m=y_m,
        closed=year,
        successor_id=into.school.id,
    )
    pupils = draw.whole(48, 72)
    merged = SchoolPlan(school, (UnitPlan(_unit(school, "primary"), pupils, staff=pupils // 8),))
    grown = replace(into, moved_in=pupils, moved_in_year=year)
    return (*plans[:ix], grown, *plans[ix + 1 :], merged)

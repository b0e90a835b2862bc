"""A simulated district person by person: datasets that measure to exactly the district's figures.

Shared things belong to the whole school; their parts by weighted pupils are the figures of the
units, which the unit table writes to a hundredth. Senior pupils and their teachers, who share the
school and are no unit, come on top of the district's totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.simulation import persons_assets as assets
from junheng.engine.simulation.draws import Draw
from junheng.engine.simulation.figures import stock_in
from junheng.engine.simulation.persons_classes import (
    Columns,
    SchoolClass,
    StagePart,
    class_columns,
    classes_of,
    migrant_chance,
    pupil_columns,
)
from junheng.engine.simulation.persons_staff import Team, senior_team, staff_tables
from junheng.engine.simulation.plan import SchoolPlan, draw_plan
from junheng.engine.simulation.presets import preset_named
from junheng.engine.standard.person_level.datasets import BY_NAME
from junheng.engine.store.session import Session
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from junheng.engine.simulation.district import District, UnitYear

KIND_CODES = {
    "primary": "211",
    "teaching_point": "218",
    "junior": "311",
    "nine_year": "312",
    "complete_middle": "341",
    "special": "514",
}
SPONSORS = {"county": "7", "private": "10"}
MANY_PUPILS = 1_700
SECOND_CAMPUS_SHARE = 0.45
KINDS_WITH_CAMPUSES = {"primary", "junior"}


@dataclass(frozen=True)
class PersonTables:
    """The datasets of one school year by name, each with its values by column.

    Dates are ISO text, flags 0 and 1, a blank is None. Rows stand in the order of school ids.
    """

    datasets: Mapping[str, Columns]

    def n_rows(self, dataset: str) -> int:
        """Return the number of rows of a dataset."""
        return len(next(iter(self.datasets[dataset].values())))


def draw_persons(district: District, year: int) -> PersonTables:
    """Draw the people, rooms and things behind a district's figures of one school year.

    The same district and year always give the same tables. Every year is drawn by itself: a person
    cannot be followed from one year to the next.

    Raises
    ------
    DataError
        The district has no figures of that year.
    """
    if year not in district.years:
        raise DataError(
            say(
                "The district has no figures of {year}; its years are {first} to {last}.",
                year=year,
                first=district.years[0],
                last=district.years[-1],
            )
        )
    return _Drawing(district, year).tables()


class _Drawing:
    """Draws the datasets of one district and year, school by school."""

    def __init__(self, district: District, year: int) -> None:
        self._district = district
        self._year = year
        self._seed = district.seed
        plans = draw_plan(preset_named(district.preset), district.seed)
        self._plans = sorted(
            (plan for plan in plans if plan.school.exists_in(year)), key=lambda p: p.school.id
        )
        self._figures = {f.unit_id: f for f in district.figures_in(year)}
        self._with_two_campuses = self._schools_with_two_campuses(
            preset_named(district.preset).n_campuses
        )

    def tables(self) -> PersonTables:
        campuses = {plan.school.id: self._campuses(plan) for plan in self._plans}
        parts = [part for plan in self._plans for part in self._parts(plan)]
        classes = [
            c
            for part in parts
            for c in classes_of(part, campuses[part.plan.school.id], self._year, self._seed)
        ]
        staff = staff_tables(self._teams(), self._year, self._seed)
        return PersonTables(
            {
                "schools": self._schools(),
                "campuses": _campus_columns(campuses, self._plans),
                "units": _unit_columns(parts),
                "classes": class_columns(classes),
                "pupils": pupil_columns(classes, self._year, self._seed),
                "staff": staff.staff,
                "teaching": staff.teaching,
                "training": staff.training,
                **self._assets(classes),
                "county_facts": self._county_facts(),
            }
        )

    def _parts(self, plan: SchoolPlan) -> list[StagePart]:
        chance = migrant_chance(plan, self._seed)
        parts = [
            StagePart(u.unit.id, plan, u.unit.stage, self._figures[u.unit.id].pupils, chance)
            for u in plan.units
        ]
        if plan.senior_pupils:
            unit_id = f"{plan.school.id}-S"
            parts.append(StagePart(unit_id, plan, "senior", plan.senior_pupils, chance))
        return parts

    def _campuses(self, plan: SchoolPlan) -> list[str]:
        """Return one campus, or two for some large schools of one stage."""
        has_two = plan.school.id in self._with_two_campuses
        return [f"{plan.school.id}-{n:02d}" for n in range(1, 3 if has_two else 2)]

    def _schools_with_two_campuses(self, n_campuses: int | None) -> frozenset[str]:
        """Draw them among large schools, or take the largest when the number is known."""
        able = [plan for plan in self._plans if plan.school.kind in KINDS_WITH_CAMPUSES]
        if n_campuses is not None:
            largest = sorted(able, key=lambda plan: (-plan.pupils, plan.school.id))
            chosen = largest[: n_campuses - len(self._plans)]
        else:
            chosen = [plan for plan in able if plan.pupils > MANY_PUPILS and self._is_split(plan)]
        return frozenset(plan.school.id for plan in chosen)

    def _is_split(self, plan: SchoolPlan) -> bool:
        return Draw(self._seed, "campuses", plan.school.id).share() < SECOND_CAMPUS_SHARE

    def _teams(self) -> list[Team]:
        rural: dict[str, list[str]] = {}
        for plan in self._plans:
            if plan.school.location != "city" and plan.school.kind != "special":
                for unit in plan.units:
                    rural.setdefault(unit.unit.stage, []).append(unit.unit.id)
        teams = []
        for plan in self._plans:
            ids = [u.unit.id for u in plan.units]
            for unit in plan.units:
                sibling = next((i for i in ids if i != unit.unit.id), None)
                hosts = tuple(rural.get(unit.unit.stage, ()))
                figures = self._figures[unit.unit.id]
                teams.append(_team(plan, unit.unit.stage, figures, sibling, hosts))
            if plan.senior_pupils:
                teams.append(senior_team(plan, self._seed))
        return teams

    def _schools(self) -> Columns:
        schools = [plan.school for plan in self._plans]
        return {
            "school_id": [s.id for s in schools],
            "school_name": [s.name.zh for s in schools],
            "county_code": [self._district.bureau.code for _ in schools],
            "kind_code": [KIND_CODES[s.kind] for s in schools],
            "locality_code": [s.location_code for s in schools],
            "sponsor_code": [SPONSORS[s.owner] for s in schools],
            "founded_month": [f"{s.founded}-09" for s in schools],
            "is_boarding": [int(s.is_boarding) for s in schools],
            "is_counted": [1 for _ in schools],
            "parent_school_id": [None for _ in schools],
            "primary_years": [6 if p.units[0].unit.stage == "primary" else None
                              for p in self._plans],
            "x_m": [s.x_m for s in schools],
            "y_m": [s.y_m for s in schools],
            "planned_year": [s.founded - 2 for s in schools],
        }  # fmt: skip

    def _assets(self, classes: Sequence[SchoolClass]) -> dict[str, Columns]:
        tables: dict[str, Columns] = {
            "rooms": {name: [] for name in assets.ROOM_COLUMNS},
            "grounds": {name: [] for name in assets.GROUND_COLUMNS},
            "equipment": {name: [] for name in assets.EQUIPMENT_COLUMNS},
            "funding": {name: [] for name in assets.FUNDING_COLUMNS},
        }
        for plan in self._plans:
            stock = stock_in(plan, self._year, self._seed)
            own = [c for c in classes if c.part.plan is plan]
            assets.add_rooms(tables["rooms"], plan, stock, own, self._seed)
            assets.add_grounds(tables["grounds"], plan, stock, f"{plan.school.id}-01")
            assets.add_equipment(tables["equipment"], plan, stock, self._year, self._seed)
            assets.add_funding(tables["funding"], plan, self._year, self._seed)
        return tables

    def _county_facts(self) -> Columns:
        special = [p for p in self._plans if p.school.kind == "special"]
        pupils = sum(plan.pupils for plan in special)
        facts = {
            "special_pupils": pupils,
            "special_funding_yuan": pupils * assets.SPECIAL_YUAN,
            "public_funding_base_yuan": assets.FUNDING_BASE_YUAN["primary"],
        }
        return {
            "county_code": [self._district.bureau.code] * len(facts),
            "year": [self._year - 1] * len(facts),
            "key": list(facts),
            "value": list(facts.values()),
            "document": [None] * len(facts),
        }


def _team(
    plan: SchoolPlan, stage: str, figures: UnitYear, sibling: str | None, hosts: tuple[str, ...]
) -> Team:
    return Team(
        unit_id=figures.unit_id,
        plan=plan,
        stage=stage,
        staff=figures.staff,
        teachers=figures.teachers,
        above_degree=figures.teachers_above_degree,
        backbone=figures.teachers_backbone,
        pe_arts=figures.teachers_pe_arts,
        mid_title=figures.teachers_mid_title,
        sibling_id=sibling,
        rural_ids=hosts,
    )


def _campus_columns(campuses: Mapping[str, list[str]], plans: Sequence[SchoolPlan]) -> Columns:
    rows = [(plan, ix) for plan in plans for ix in range(len(campuses[plan.school.id]))]
    site_m2 = [float(plan.pupils * 18 // len(campuses[plan.school.id])) for plan, _ in rows]
    return {
        "campus_id": [campuses[plan.school.id][ix] for plan, ix in rows],
        "school_id": [plan.school.id for plan, _ in rows],
        "campus_no": [f"{ix + 1:02d}" for _, ix in rows],
        "campus_name": ["分校区" if ix else "主校区" for _, ix in rows],
        "stage_only": [None for _ in rows],
        "site_area_m2": list(site_m2),
    }


def _unit_columns(parts: Sequence[StagePart]) -> Columns:
    return {
        "unit_id": [part.unit_id for part in parts],
        "school_id": [part.plan.school.id for part in parts],
        "stage": [part.stage for part in parts],
    }


def write_persons(tables: PersonTables, folder: Path) -> None:
    """Write each dataset as `<dataset>.parquet` into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    with Session() as session:
        for name, columns in tables.datasets.items():
            session.load(name, columns, BY_NAME[name].columns)
            session.export_parquet(name, folder / f"{name}.parquet")
            session.run(f"DROP TABLE {name}")

"""A small world of people, rooms and things, and what is measured of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from junheng.engine import standard
from junheng.engine.standard.person_level.datasets import BY_NAME, DATASETS
from junheng.engine.standard.person_level.reader import measure_relations

if TYPE_CHECKING:
    from junheng.engine.standard import Assessment, RuleSet
    from junheng.engine.store.session import Session


DAY = date(2025, 9, 1)
RELIEF_DAY = date(2021, 9, 1)
RULES = standard.load("cn-2017-quality")

Row = dict[str, Any]
World = dict[str, list[Row]]


def school(
    school_id: str = "S", kind: str = "211", stages: str = "primary", **more: object
) -> World:
    """A school with one campus, a unit a stage, and one class a unit."""
    units = [f"{school_id}-{stage}" for stage in stages.split()]
    return {
        "schools": [
            {
                "school_id": school_id,
                "school_name": f"样例{school_id}校",
                "county_code": "990101",
                "kind_code": kind,
                "locality_code": "111",
                "sponsor_code": "7",
                "is_boarding": 0,
                "is_counted": 1,
                **more,
            }
        ],
        "campuses": [{"campus_id": f"{school_id}-01", "school_id": school_id}],
        "units": [
            {"unit_id": unit, "school_id": school_id, "stage": stage}
            for unit, stage in zip(units, stages.split(), strict=True)
        ],
        "classes": [
            {
                "class_id": f"{unit}-1",
                "school_id": school_id,
                "unit_id": unit,
                "campus_id": f"{school_id}-01",
                "entry_year": 2025,
            }
            for unit in units
        ],
    }


def pupils(class_id: str, n: int, **more: object) -> World:
    return {
        "pupils": [
            {
                "pupil_id": f"{class_id}-{ix}",
                "class_id": class_id,
                "from_date": "2020-09-01",
                **more,
            }
            for ix in range(n)
        ]
    }


def teacher(
    staff_id: str,
    *,
    school_id: str = "S",
    lessons: dict[str, tuple[str, float]] | None = None,
    form: str = "own",
    **more: object,
) -> World:
    """A full-time teacher with a bachelor's degree; lessons: unit -> (subject, periods)."""
    person = {
        "staff_id": staff_id,
        "school_id": school_id,
        "from_date": "2015-09-01",
        "category_code": "1",
        "education_code": "21",
        "main_stage": "primary",
        **more,
    }
    return {
        "staff": [person],
        "teaching": [
            lesson(staff_id, unit, subject, periods, form=form)
            for unit, (subject, periods) in (lessons or {}).items()
        ],
    }


def lesson(
    staff_id: str, unit: str, subject: str, periods: float | None, form: str = "own", **more: object
) -> Row:
    return {
        "staff_id": staff_id,
        "unit_id": unit,
        "subject_code": subject,
        "periods": periods,
        "form": form,
        "from_date": "2020-09-01",
        **more,
    }


def room(area: float | None, kind: str = "classroom", at: str = "S", **more: object) -> World:
    return {
        "rooms": [
            {"school_id": at, "campus_id": f"{at}-01", "room_kind": kind, "area_m2": area, **more}
        ]
    }


def ground(area: float, kind: str = "outdoor", at: str = "S", **more: object) -> World:
    return {
        "grounds": [
            {"school_id": at, "campus_id": f"{at}-01", "ground_kind": kind, "area_m2": area, **more}
        ]
    }


def equipment(amount: float, at: str = "S", kind: str = "teaching_equipment") -> World:
    return {"equipment": [{"school_id": at, "asset_kind": kind, "amount": amount}]}


def world(*parts: World) -> World:
    whole: World = {dataset.name: [] for dataset in DATASETS}
    for part in parts:
        for name, rows in part.items():
            whole[name] += rows
    return whole


def measured(
    session: Session, *parts: World, day: date = DAY, rules: RuleSet = RULES
) -> Assessment:
    """Load a world into the session and assess it."""
    for name, rows in world(*parts).items():
        types = BY_NAME[name].columns
        columns = {column: [row.get(column) for row in rows] for column in types}
        session.load(BY_NAME[name].relation, columns, types)
    return standard.assess(measure_relations(session, rules, statistics_date=day))


def amount(result: Assessment, unit_id: str, indicator: str) -> Fraction | None:
    """The exact sum of facts of an indicator in a unit, as `terms` holds it."""
    ((numerator, denominator),) = result.table.session.rows(
        f"SELECT CAST(num_{indicator} AS VARCHAR), CAST(den_{indicator} AS VARCHAR) FROM terms "
        "WHERE unit_ix = (SELECT unit_ix FROM units WHERE unit_id = ?)",
        [unit_id],
    )
    return None if numerator is None else Fraction(int(str(numerator)), int(str(denominator)))


def n_pupils(result: Assessment) -> dict[str, int]:
    return {unit.unit_id: unit.pupils for unit in result.units}


def with_codes(row_id: str, *codes: str) -> RuleSet:
    rows = tuple(replace(r, codes=codes) if r.id == row_id else r for r in RULES.person_level)
    return replace(RULES, person_level=rows)


def nine_year(*people: World) -> tuple[World, ...]:
    return (
        school("S", "312", "primary junior"),
        pupils("S-primary-1", 166),
        pupils("S-junior-1", 210),
        *people,
    )

"""Steps from pupils to units: who is enrolled where, and which share of a school a unit is.

Rows of a school that is not counted by itself belong to the unit of its parent in the same stage.
A campus whose pupils are all of one stage is that unit's alone (`person_own_campuses`); what lies
elsewhere is shared by all units with pupils elsewhere, by weighted enrolment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.definition import Step
from junheng.engine.standard.person_level import class_sizes
from junheng.engine.standard.person_level.rules import SPLIT_KINDS, UNIT_KINDS
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from datetime import date

    from junheng.engine.standard.person_level.rules import PersonRules


def in_force(day: date, alias: str = "") -> str:
    """SQL: whether a dated row counts on a day; its last day counts, too."""
    at, dot = f"DATE '{day.isoformat()}'", f"{alias}." if alias else ""
    # COALESCE and not OR: DuckDB filters with it in two thirds of the time.
    return f"({dot}from_date <= {at} AND COALESCE({dot}to_date, {at}) >= {at})"


def steps(rules: PersonRules, day: date) -> tuple[Step, ...]:
    """Return the steps up to `person_shares`: units with pupils and their parts of the school."""
    return (
        Step(CLASS_COUNTS, class_counts(day)),
        Step("person_class_sums", _class_sums()),
        Step("person_homes", _homes()),
        Step("person_unit_map", _unit_map()),
        Step("person_own_campuses", _own_campuses()),
        Step(COUNTED_UNITS, _counted_units(rules)),
        Step("person_roll", _roll()),
        Step("person_shares", _shares()),
    )


CLASS_COUNTS = "person_class_counts"
COUNTED_UNITS = "person_counted_units"
"""The units of counted schools, as far as no pupil need be counted to know them."""


def class_counts(day: date) -> str:
    """SQL: pupils of each class on a day, the one pass over the pupils.

    They outnumber all other rows twelve to one. Every row that has begun is read, and those with an
    end are taken off again; the few that end later stand there once more, without an end. Where
    none does the file says so, and the class is compared for all rows of a page at once, which a
    filter on the end would prevent.
    """
    at = f"DATE '{day.isoformat()}'"
    begun = f"FROM person_pupils WHERE from_date <= {at}"
    return (
        f"SELECT class_id, COUNT(*) - COUNT(to_date) AS pupils\nFROM (\n"
        f"SELECT class_id, to_date {begun}\nUNION ALL\n"
        f"SELECT class_id, CAST(NULL AS DATE) AS to_date {begun} AND to_date >= {at}\n"
        ") p\nGROUP BY class_id HAVING COUNT(*) > COUNT(to_date)"
    )


def _class_sums() -> str:
    """Pupils and classes by unit and campus as the classes name them, with what names no class.

    Everything that follows joins these rows and not the classes, which are twenty times as many.
    """
    return (
        "SELECT c.unit_id AS unit_id, c.campus_id AS campus_id, "
        "CAST(SUM(n.pupils) AS BIGINT) AS pupils,\n"
        "  COUNT(*) - COUNT(c.class_id) AS n_unknown,\n"
        f"  {class_sizes.counted('n.pupils')}\n"
        f"FROM {CLASS_COUNTS} n LEFT JOIN person_classes c ON c.class_id = n.class_id\n"
        "GROUP BY c.unit_id, c.campus_id"
    )


def _homes() -> str:
    return (
        "SELECT s.school_id AS school_id, "
        "CASE WHEN s.is_counted = 0 THEN s.parent_school_id ELSE s.school_id END AS counted_id\n"
        "FROM person_schools s"
    )


def _unit_map() -> str:
    of_stage = (
        "SELECT school_id, stage, MIN(unit_id) AS unit_id FROM person_units "
        "GROUP BY school_id, stage"
    )
    return (
        "SELECT u.unit_id AS unit_id, h.counted_id AS school_id, u.stage AS stage,\n"
        "  CASE WHEN h.counted_id = u.school_id THEN u.unit_id ELSE p.unit_id END AS counted_unit\n"
        "FROM person_units u JOIN person_homes h ON u.school_id = h.school_id\n"
        f"LEFT JOIN ({of_stage}) p ON p.school_id = h.counted_id AND p.stage = u.stage"
    )


def _own_campuses() -> str:
    return (
        "SELECT c.campus_id AS campus_id, MIN(m.counted_unit) AS unit_id,\n"
        "  COUNT(DISTINCT m.counted_unit) AS n_units,\n"
        "  SUM(CASE WHEN m.stage = p.stage_only THEN 0 ELSE 1 END) AS n_other_stage\n"
        "FROM person_campuses p\n"
        "JOIN person_classes c ON c.campus_id = p.campus_id\n"
        "JOIN person_unit_map m ON m.unit_id = c.unit_id\n"
        "WHERE p.stage_only IS NOT NULL\nGROUP BY c.campus_id"
    )


def _roll() -> str:
    return (
        "SELECT m.counted_unit AS unit_id, CAST(SUM(n.pupils) AS BIGINT) AS pupils,\n"
        "  CAST(SUM(CASE WHEN o.campus_id IS NULL THEN n.pupils ELSE 0 END) AS BIGINT) "
        f"AS elsewhere,\n  {class_sizes.added()}\n"
        "FROM person_class_sums n\n"
        "JOIN person_unit_map m ON m.unit_id = n.unit_id\n"
        "LEFT JOIN person_own_campuses o ON o.campus_id = n.campus_id\n"
        "GROUP BY m.counted_unit"
    )


def _counted_units(rules: PersonRules) -> str:
    """Who the units are, and what a pupil of each weighs: the same whatever pupils move."""
    return (
        "SELECT u.unit_id AS unit_id, s.school_id AS school_id, s.school_name AS school_name,\n"
        "  COALESCE(s.county_code, '') AS county, u.stage AS stage, "
        f"{_unit_kind(rules)} AS kind,\n"
        f"  s.locality_code AS locality_code, {_weight(rules)} AS weight,\n"
        "  COUNT(*) OVER (PARTITION BY s.school_id) AS n_units\n"
        "FROM person_units u JOIN person_schools s ON s.school_id = u.school_id\n"
        "WHERE s.is_counted IS NULL OR s.is_counted <> 0"
    )


def _shares() -> str:
    weighted = (
        "SELECT u.unit_id AS unit_id, u.school_id AS school_id, u.school_name AS school_name, "
        "u.county AS county,\n"
        "  u.stage AS stage, u.kind AS kind, u.locality_code AS locality_code, "
        "u.n_units AS n_units,\n"
        "  COALESCE(r.pupils, 0) AS pupils, u.weight * COALESCE(r.pupils, 0) AS n_all,\n"
        "  u.weight * COALESCE(r.elsewhere, 0) AS n_rest\n"
        f"FROM {COUNTED_UNITS} u LEFT JOIN person_roll r ON r.unit_id = u.unit_id"
    )
    wholes = (
        "SELECT *, CAST(SUM(n_all) OVER (PARTITION BY school_id) AS BIGINT) AS d_all,\n"
        "  CAST(SUM(n_rest) OVER (PARTITION BY school_id) AS BIGINT) AS d_rest\n"
        f"FROM (\n{weighted}\n) w"
    )
    # Where nobody is taught elsewhere, what lies elsewhere serves the whole school.
    reached = (
        "SELECT unit_id, school_id, school_name, county, stage, kind, locality_code, pupils, "
        "n_units, n_all, d_all,\n"
        "  CASE WHEN d_rest > 0 THEN n_rest ELSE n_all END AS n_rest,\n"
        "  CASE WHEN d_rest > 0 THEN d_rest ELSE d_all END AS d_rest\n"
        f"FROM (\n{wholes}\n) d"
    )
    return (
        "SELECT unit_id, school_id, school_name, county, stage, kind, locality_code, pupils, "
        "n_units,\n"
        "  CASE WHEN n_all = d_all THEN 1 ELSE n_all END AS n_all,\n"
        "  CASE WHEN n_all = d_all THEN 1 ELSE d_all END AS d_all,\n"
        "  CASE WHEN n_rest = d_rest THEN 1 ELSE n_rest END AS n_rest,\n"
        "  CASE WHEN n_rest = d_rest THEN 1 ELSE d_rest END AS d_rest\n"
        f"FROM (\n{reached}\n) x"
    )


def _unit_kind(rules: PersonRules) -> str:
    cases = " ".join(
        f"WHEN s.kind_code IN {rules.listed(kind)} THEN '{kind}'" for kind in UNIT_KINDS
    )
    return f"CASE {cases} ELSE 'ordinary' END"


def _weight(rules: PersonRules) -> str:
    """SQL of a pupil's weight: by the kind of school, for other stages that of attached classes."""
    cases = []
    for kind in SPLIT_KINDS:
        for stage, weight in rules.weights.get(kind, {}).items():
            is_kind = f"s.kind_code IN {rules.listed(kind)}"
            cases.append(f"WHEN {is_kind} AND u.stage = '{stage}' THEN {weight}")
    for stage, weight in rules.weights["attached_classes"].items():
        cases.append(f"WHEN u.stage = '{stage}' THEN {weight}")
    return f"CASE {' '.join(cases)} ELSE 0 END"


def counted_stages() -> str:
    """SQL list of the stages that the standard counts."""
    return "(" + ", ".join(f"'{stage}'" for stage in STAGES) + ")"

"""Steps from staff and lessons to the teachers of each unit.

A full-time teacher counts where they are employed, in the stage in which they teach: as a whole
person (`main`), or by the share of weekly periods (`share`), then as whole numbers of 1/k persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.definition import Step
from junheng.engine.standard.person_level.roll import in_force
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from datetime import date

    from junheng.engine.standard.person_level.rules import PersonRules
    from junheng.engine.standard.ruleset import Relief

LESSON_TOTALS = "person_lesson_totals"
"""Periods of the teachers with lessons in several units of their school, and what one is worth."""


def steps_before_totals(rules: PersonRules, day: date) -> tuple[Step, ...]:
    """Return the steps up to the lessons of those whose unit the stage does not tell."""
    return (
        Step("person_home_units", _home_units(rules)),
        Step(
            "person_undecided", f"SELECT * FROM ({_teachers(rules, day)}) t WHERE unit_id IS NULL"
        ),
        Step("person_lessons", _lessons(day)),
    )


def distinct_totals() -> str:
    """SQL: the different sums of a teacher's periods, in hundredths of a period."""
    return (
        "SELECT DISTINCT total FROM (SELECT SUM(periods) AS total FROM person_lessons "
        "GROUP BY staff_id) t WHERE total > 0"
    )


def steps_after_totals(rules: PersonRules, day: date, relief: Relief | None) -> tuple[Step, ...]:
    """Return the steps to `person_unit_staff`; they need the relation `LESSON_TOTALS`."""
    posts = _shared_posts() if rules.teacher_stage == "share" else _ranked_posts("")
    visitors = _no_visitors() if relief is None else _visitors(rules, day)
    return (
        Step("person_posts", posts),
        Step("person_pe_arts", _pe_arts(rules, day)),
        Step("person_unit_staff", _unit_staff(rules, day)),
        Step("person_visitors", visitors),
    )


def lost_teachers() -> str:
    """SQL: how many full-time teachers are counted in no unit."""
    return (
        "SELECT (SELECT COUNT(*) FROM person_undecided) - "
        "(SELECT COUNT(DISTINCT staff_id) FROM person_posts)"
    )


def _home_units(rules: PersonRules) -> str:
    """The unit of a teacher by school and main stage, where nothing else need be asked.

    `main_stage` '' stands for any: a school of one unit. Where persons are shared, only these.
    """
    single = (
        "SELECT school_id, '' AS main_stage, MIN(unit_id) AS unit_id, MIN(stage) AS stage\n"
        "FROM person_shares GROUP BY school_id HAVING COUNT(*) = 1"
    )
    by_stage = (
        "SELECT school_id, stage AS main_stage, MIN(unit_id) AS unit_id, stage\n"
        "FROM person_shares WHERE n_units > 1 GROUP BY school_id, stage HAVING COUNT(*) = 1"
    )
    return single if rules.teacher_stage == "share" else f"{single}\nUNION ALL\n{by_stage}"


def _teachers(rules: PersonRules, day: date) -> str:
    """Full-time teachers with their unit, NULL where their lessons must tell."""
    at = f"DATE '{day.isoformat()}'"
    is_backbone = (
        f"t.backbone_level IN {rules.listed('backbone')} "
        f"AND (t.backbone_from IS NULL OR t.backbone_from <= {at}) "
        f"AND (t.backbone_to IS NULL OR t.backbone_to >= {at})"
    )
    return (
        "SELECT t.staff_id AS staff_id, h.counted_id AS school_id, t.main_stage AS main_stage,\n"
        "  COALESCE(o.unit_id, s.unit_id) AS unit_id, COALESCE(o.stage, s.stage) AS stage,\n"
        "  t.education_code AS education_code,\n"
        f"  CASE WHEN {is_backbone} THEN 1 ELSE 0 END AS is_backbone\n"
        "FROM person_staff t JOIN person_homes h ON t.school_id = h.school_id\n"
        "LEFT JOIN person_home_units o ON o.school_id = h.counted_id AND o.main_stage = ''\n"
        "LEFT JOIN person_home_units s ON s.school_id = h.counted_id "
        "AND s.main_stage = t.main_stage\n"
        f"WHERE {in_force(day, 't')} AND t.category_code IN {rules.listed('full_time')}"
    )


def _lessons(day: date) -> str:
    return (
        "SELECT l.staff_id AS staff_id, u.unit_id AS unit_id,\n"
        "  CAST(SUM(COALESCE(l.periods, 0)) * 100 AS BIGINT) AS periods\n"
        "FROM person_teaching l JOIN person_undecided t ON t.staff_id = l.staff_id\n"
        "JOIN person_unit_map m ON m.unit_id = l.unit_id\n"
        "JOIN person_shares u ON u.unit_id = m.counted_unit AND u.school_id = t.school_id\n"
        f"WHERE {in_force(day, 'l')}\nGROUP BY l.staff_id, u.unit_id"
    )


POST = "t.staff_id AS staff_id, t.education_code AS education_code, t.is_backbone AS is_backbone"
WHOLE = f"(SELECT MAX(k) FROM {LESSON_TOTALS})"
"""SQL: the parts that a whole person counts as."""


def _ranked_posts(condition: str) -> str:
    """One unit a teacher: that of the main stage, of those the one with most periods."""
    candidates = (
        f"SELECT {POST}, u.unit_id AS unit_id, u.stage AS stage,\n"
        "  CASE WHEN u.stage = t.main_stage OR l.staff_id IS NOT NULL THEN 1 ELSE 0 END "
        "AS is_known,\n"
        "  ROW_NUMBER() OVER (PARTITION BY t.staff_id ORDER BY "
        "CASE WHEN u.stage = t.main_stage THEN 0 ELSE 1 END, "
        "CASE WHEN l.staff_id IS NULL THEN 1 ELSE 0 END, "
        "COALESCE(l.periods, 0) DESC, u.unit_id) AS place\n"
        "FROM person_undecided t JOIN person_shares u ON u.school_id = t.school_id\n"
        "LEFT JOIN person_lessons l ON l.staff_id = t.staff_id AND l.unit_id = u.unit_id\n"
        f"{condition}"
    )
    return (
        "SELECT staff_id, education_code, is_backbone, unit_id, stage, "
        f"{WHOLE} AS amount\nFROM (\n{candidates}\n) c WHERE place = 1 AND is_known = 1"
    )


def _shared_posts() -> str:
    totals = "SELECT staff_id, SUM(periods) AS total FROM person_lessons GROUP BY staff_id"
    shared = (
        f"SELECT {POST}, u.unit_id AS unit_id, u.stage AS stage, l.periods * w.worth AS amount\n"
        "FROM person_undecided t JOIN person_lessons l ON l.staff_id = t.staff_id\n"
        "JOIN person_shares u ON u.unit_id = l.unit_id\n"
        f"JOIN ({totals}) s ON s.staff_id = t.staff_id\n"
        f"JOIN {LESSON_TOTALS} w ON w.total = s.total"
    )
    idle = f"WHERE t.staff_id NOT IN (SELECT staff_id FROM ({totals}) s WHERE s.total > 0)"
    return f"{shared}\nUNION ALL\n{_ranked_posts(idle)}"


def _pe_arts(rules: PersonRules, day: date) -> str:
    """Persons who teach PE or arts, each once, whatever the number of these subjects."""
    subjects = rules.listed("pe_arts_subjects")
    any_of_them = (
        f"SELECT DISTINCT staff_id FROM person_teaching WHERE {in_force(day)} "
        f"AND subject_code IN {subjects}"
    )
    if rules.pe_arts_teacher == "any":
        return any_of_them
    periods = f"CASE WHEN subject_code IN {subjects} THEN COALESCE(periods, 0) ELSE 0 END"
    return (
        f"SELECT staff_id FROM person_teaching WHERE {in_force(day)} "
        f"AND staff_id IN ({any_of_them})\n"
        f"GROUP BY staff_id HAVING 2 * SUM({periods}) >= SUM(COALESCE(periods, 0))"
    )


def placed(rules: PersonRules, day: date) -> str:
    """SQL: every full-time teacher with the unit that counts them, and as how many parts."""
    columns = "staff_id, education_code, is_backbone, unit_id, stage"
    return (
        f"SELECT {columns}, {WHOLE} AS amount FROM ({_teachers(rules, day)}) d "
        "WHERE unit_id IS NOT NULL\n"
        f"UNION ALL\nSELECT {columns}, amount FROM person_posts"
    )


def _unit_staff(rules: PersonRules, day: date) -> str:
    above = " ".join(
        f"WHEN p.stage = '{stage}' AND p.education_code IN {rules.listed(f'above_degree_{stage}')} "
        "THEN p.amount"
        for stage in STAGES
    )
    return (
        "SELECT p.unit_id AS unit_id,\n"
        f"  CAST(SUM(CASE {above} ELSE 0 END) AS BIGINT) AS teachers_above_degree,\n"
        "  CAST(SUM(CASE WHEN p.is_backbone = 1 THEN p.amount ELSE 0 END) AS BIGINT) "
        "AS teachers_backbone,\n"
        "  CAST(SUM(CASE WHEN e.staff_id IS NULL THEN 0 ELSE p.amount END) AS BIGINT) "
        "AS teachers_pe_arts,\n"
        "  SUM(CASE WHEN p.education_code IS NULL THEN 1 ELSE 0 END) AS n_without_education\n"
        f"FROM ({placed(rules, day)}) p\n"
        "LEFT JOIN person_pe_arts e ON e.staff_id = p.staff_id\n"
        "GROUP BY p.unit_id"
    )


def _visitors(rules: PersonRules, day: date) -> str:
    """PE and arts teachers who come to a unit and are not counted in it already."""
    own = (
        f"SELECT p.staff_id AS staff_id, p.unit_id AS unit_id FROM ({placed(rules, day)}) p "
        "JOIN person_pe_arts e ON e.staff_id = p.staff_id"
    )
    return (
        "SELECT m.counted_unit AS unit_id, COUNT(DISTINCT l.staff_id) AS visitors\n"
        "FROM person_teaching l JOIN person_unit_map m ON m.unit_id = l.unit_id\n"
        "JOIN person_staff s ON s.staff_id = l.staff_id\n"
        f"LEFT JOIN ({own}) q\n"
        "  ON q.staff_id = l.staff_id AND q.unit_id = m.counted_unit\n"
        f"WHERE {in_force(day, 'l')} AND {in_force(day, 's')} AND q.staff_id IS NULL\n"
        f"  AND l.subject_code IN {rules.listed('pe_arts_subjects')} "
        f"AND l.form IN {rules.listed('visiting_forms')}\n"
        "GROUP BY m.counted_unit"
    )


def _no_visitors() -> str:
    return "SELECT unit_id, CAST(0 AS BIGINT) AS visitors FROM person_units WHERE 1 = 0"

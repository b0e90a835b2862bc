"""Steps from staff and lessons to the teachers of each unit.

A full-time teacher counts where they are employed, in the stage in which they teach: as a whole
person (`main`), or by the share of weekly periods (`share`), then as whole numbers of 1/k persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.definition import Step
from junheng.engine.standard.person_level.roll import COUNTED_UNITS, in_force
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
        Step("person_pe_arts", _pe_arts(rules, day)),
        Step("person_staff_sums", _staff_sums(rules, day)),
        Step("person_undecided", _undecided(rules, day)),
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
        Step("person_unit_staff", _unit_staff(rules)),
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
        f"FROM {COUNTED_UNITS} GROUP BY school_id HAVING COUNT(*) = 1"
    )
    by_stage = (
        "SELECT school_id, stage AS main_stage, MIN(unit_id) AS unit_id, stage\n"
        f"FROM {COUNTED_UNITS} WHERE n_units > 1 GROUP BY school_id, stage HAVING COUNT(*) = 1"
    )
    return single if rules.teacher_stage == "share" else f"{single}\nUNION ALL\n{by_stage}"


def _is_backbone(rules: PersonRules, day: date) -> str:
    at = f"DATE '{day.isoformat()}'"
    return (
        f"t.backbone_level IN {rules.listed('backbone')} "
        f"AND COALESCE(t.backbone_from, {at}) <= {at} AND COALESCE(t.backbone_to, {at}) >= {at}"
    )


def _is_counted(rules: PersonRules, day: date) -> str:
    return f"{in_force(day, 't')} AND t.category_code IN {rules.listed('full_time')}"


def _staff_sums(rules: PersonRules, day: date) -> str:
    """Full-time teachers by school and main stage, with their unit where that tells it.

    Persons are counted before anything is joined: a school has some hundred of them, and one or
    two rows here. What their codes say is asked before PE and arts teachers are looked for: the
    engine compares codes as they are read for all rows of one code at once, and after a join row by
    row.
    """
    above = ", ".join(
        f"CASE WHEN t.education_code IN {rules.listed(f'above_degree_{stage}')} THEN 1 END "
        f"AS above_{stage}"
        for stage in STAGES
    )
    marked = (
        f"SELECT t.staff_id AS staff_id, t.school_id AS school_id, t.main_stage AS main_stage,\n"
        f"  {above},\n  CASE WHEN {_is_backbone(rules, day)} THEN 1 END AS backbone,\n"
        "  CASE WHEN t.education_code IS NULL THEN 1 END AS without_education\n"
        f"FROM person_staff t WHERE {_is_counted(rules, day)}"
    )
    n_above = ", ".join(f"COUNT(m.above_{stage}) AS n_above_{stage}" for stage in STAGES)
    counted = (
        f"SELECT m.school_id AS school_id, m.main_stage AS main_stage, {n_above},\n"
        "  COUNT(m.backbone) AS n_backbone, COUNT(e.staff_id) AS n_pe_arts, "
        "COUNT(m.without_education) AS n_without_education\n"
        f"FROM (\n{marked}\n) m LEFT JOIN person_pe_arts e ON e.staff_id = m.staff_id\n"
        "GROUP BY m.school_id, m.main_stage"
    )
    return (
        "SELECT c.*, COALESCE(o.unit_id, s.unit_id) AS unit_id, "
        "COALESCE(o.stage, s.stage) AS stage\n"
        f"FROM (\n{counted}\n) c {_with_home_units('c')}"
    )


def _with_home_units(alias: str) -> str:
    """SQL: joins to the counted school `h` and to the unit by school `o` or by main stage `s`."""
    return (
        f"JOIN person_homes h ON {alias}.school_id = h.school_id\n"
        "LEFT JOIN person_home_units o ON o.school_id = h.counted_id AND o.main_stage = ''\n"
        "LEFT JOIN person_home_units s ON s.school_id = h.counted_id "
        f"AND s.main_stage = {alias}.main_stage"
    )


def _undecided(rules: PersonRules, day: date) -> str:
    """Full-time teachers whose lessons must tell the unit."""
    groups = (
        "SELECT u.school_id AS school_id, h.counted_id AS counted_id, "
        "COALESCE(u.main_stage, '') AS stage_or_blank\n"
        "FROM person_staff_sums u JOIN person_homes h ON h.school_id = u.school_id\n"
        "WHERE u.unit_id IS NULL GROUP BY u.school_id, h.counted_id, COALESCE(u.main_stage, '')"
    )
    return (
        "SELECT t.staff_id AS staff_id, u.counted_id AS school_id, t.main_stage AS main_stage,\n"
        "  t.education_code AS education_code,\n"
        f"  CASE WHEN {_is_backbone(rules, day)} THEN 1 ELSE 0 END AS is_backbone\n"
        f"FROM person_staff t JOIN (\n{groups}\n) u ON u.school_id = t.school_id "
        "AND u.stage_or_blank = COALESCE(t.main_stage, '')\n"
        f"WHERE {_is_counted(rules, day)}"
    )


def _decided(rules: PersonRules, day: date) -> str:
    """Full-time teachers whose school and main stage tell the unit, as whole persons."""
    return (
        "SELECT t.staff_id AS staff_id, t.education_code AS education_code,\n"
        f"  CASE WHEN {_is_backbone(rules, day)} THEN 1 ELSE 0 END AS is_backbone,\n"
        "  COALESCE(o.unit_id, s.unit_id) AS unit_id, COALESCE(o.stage, s.stage) AS stage,\n"
        f"  {WHOLE} AS amount\n"
        f"FROM person_staff t {_with_home_units('t')}\n"
        f"WHERE {_is_counted(rules, day)} AND COALESCE(o.unit_id, s.unit_id) IS NOT NULL"
    )


def _lessons(day: date) -> str:
    return (
        "SELECT l.staff_id AS staff_id, u.unit_id AS unit_id,\n"
        "  CAST(SUM(COALESCE(l.periods, 0)) * 100 AS BIGINT) AS periods\n"
        "FROM person_teaching l JOIN person_undecided t ON t.staff_id = l.staff_id\n"
        "JOIN person_unit_map m ON m.unit_id = l.unit_id\n"
        f"JOIN {COUNTED_UNITS} u ON u.unit_id = m.counted_unit AND u.school_id = t.school_id\n"
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
        f"FROM person_undecided t JOIN {COUNTED_UNITS} u ON u.school_id = t.school_id\n"
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
        f"JOIN {COUNTED_UNITS} u ON u.unit_id = l.unit_id\n"
        f"JOIN ({totals}) s ON s.staff_id = t.staff_id\n"
        f"JOIN {LESSON_TOTALS} w ON w.total = s.total"
    )
    idle = f"WHERE t.staff_id NOT IN (SELECT staff_id FROM ({totals}) s WHERE s.total > 0)"
    return f"{shared}\nUNION ALL\n{_ranked_posts(idle)}"


def _pe_arts(rules: PersonRules, day: date) -> str:
    """Persons who teach PE or arts, each once, whatever the number of these subjects."""
    is_one = f"subject_code IN {rules.listed('pe_arts_subjects')}"
    lessons = f"SELECT staff_id FROM person_teaching WHERE {in_force(day)}"
    if rules.pe_arts_teacher == "any":
        return f"{lessons} AND {is_one} GROUP BY staff_id"
    # At least half: the periods of these subjects less those of all others. One sum and not two,
    # since most of the time goes into sums of decimals.
    more = f"SUM(CASE WHEN {is_one} THEN periods ELSE -periods END)"
    return (
        f"{lessons}\nGROUP BY staff_id "
        f"HAVING MAX(CASE WHEN {is_one} THEN 1 ELSE 0 END) = 1 AND COALESCE({more}, 0) >= 0"
    )


def placed(rules: PersonRules, day: date) -> str:
    """SQL: every full-time teacher with the unit that counts them, and as how many parts."""
    return (
        f"{_decided(rules, day)}\nUNION ALL\n"
        "SELECT staff_id, education_code, is_backbone, unit_id, stage, amount FROM person_posts"
    )


def _unit_staff(rules: PersonRules) -> str:
    groups_above = " ".join(f"WHEN stage = '{stage}' THEN n_above_{stage}" for stage in STAGES)
    groups = (
        f"SELECT unit_id, {WHOLE} * CASE {groups_above} ELSE 0 END AS above, "
        f"{WHOLE} * n_backbone AS backbone, {WHOLE} * n_pe_arts AS pe_arts, n_without_education\n"
        "FROM person_staff_sums WHERE unit_id IS NOT NULL"
    )
    persons_above = " ".join(
        f"WHEN p.stage = '{stage}' AND p.education_code IN {rules.listed(f'above_degree_{stage}')} "
        "THEN p.amount"
        for stage in STAGES
    )
    persons = (
        f"SELECT p.unit_id AS unit_id, CASE {persons_above} ELSE 0 END AS above, "
        "CASE WHEN p.is_backbone = 1 THEN p.amount ELSE 0 END AS backbone,\n"
        "  CASE WHEN e.staff_id IS NULL THEN 0 ELSE p.amount END AS pe_arts, "
        "CASE WHEN p.education_code IS NULL THEN 1 ELSE 0 END AS n_without_education\n"
        "FROM person_posts p LEFT JOIN person_pe_arts e ON e.staff_id = p.staff_id"
    )
    return (
        "SELECT unit_id, CAST(SUM(above) AS BIGINT) AS teachers_above_degree, "
        "CAST(SUM(backbone) AS BIGINT) AS teachers_backbone,\n"
        "  CAST(SUM(pe_arts) AS BIGINT) AS teachers_pe_arts, "
        "CAST(SUM(n_without_education) AS BIGINT) AS n_without_education\n"
        f"FROM (\n{groups}\nUNION ALL\n{persons}\n) a\nGROUP BY unit_id"
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

"""From datasets of people, rooms and things to a table that `assess` takes."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from junheng.engine.standard import definition
from junheng.engine.standard.person_level import assets, checks, roll, staffing, terms
from junheng.engine.standard.person_level.folder import open_folder
from junheng.engine.standard.person_level.rules import PersonRules, person_rules
from junheng.engine.standard.ruleset import STAGES, RuleSet
from junheng.engine.standard.split import relief_in_force
from junheng.engine.standard.unit_table import BIGINT_MAX, EXACT_IN_DOUBLE, UNITS, UnitTable
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from junheng.engine.standard.definition import Step
    from junheng.engine.store.session import Session
    from junheng.engine.store.sql_engine import SqlEngine
    from junheng.i18n import Renderable

MOST_PARTS = 10**12
"""Parts into which a person may be divided and every product still has room in 38 digits."""


def measure_persons(
    session: Session,
    folder: Path,
    ruleset: RuleSet,
    *,
    statistics_date: date,
    checks_people: bool = True,
) -> UnitTable:
    """Measure a folder of datasets as of a day.

    Parameters
    ----------
    session
        Holds the results: `units`, `terms`, and the relations `person_*` they came from.
    folder
        One Parquet file a dataset, see docs/reference/person-level.md.
    ruleset
        Says what counts, under `[[person_level]]`.
    statistics_date
        Day on which pupils, staff and lessons count, and reliefs must be in force.
    checks_people
        Look for persons who stand in two places on the day. False leaves out this pass over all
        people, for data already checked when they were imported.

    Returns
    -------
    UnitTable
        For `assess`. Every figure of `terms` is an exact fraction; `units` shows shared things to
        six decimals. Constant number of queries, whatever the number of people.

    Raises
    ------
    DataError, TableFaults
        A dataset is missing or unreadable; numbers that point nowhere; a person in two places.
    RuleSetError
        The rule set does not say how to measure from people.
    """
    open_folder(session, folder)
    return measure_relations(
        session, ruleset, statistics_date=statistics_date, checks_people=checks_people
    )


def measure_relations(
    session: Session, ruleset: RuleSet, *, statistics_date: date, checks_people: bool = True
) -> UnitTable:
    """Measure the relations `person_<dataset>` that a session already holds, see `datasets`."""
    parts = run_steps(session, ruleset, statistics_date, checks_people=checks_people)
    integer, is_exact_in_double, n_units = _size(session, ruleset)
    final = terms.narrowed(ruleset, integer)
    session.create(final.relation, final.select)
    sources = terms.fact_sources(ruleset, person_rules(ruleset), None, parts)
    return UnitTable(
        session=session,
        ruleset=ruleset,
        n_units=n_units,
        integer=integer,
        decimals={fact_id: source.decimals for fact_id, source in sources.items()},
        is_exact_in_double=is_exact_in_double,
        warnings=tuple(_warnings(session)),
    )


def run_steps(engine: SqlEngine, ruleset: RuleSet, day: date, *, checks_people: bool = True) -> int:
    """Run every step up to `units` and `person_terms` on an engine that holds the datasets.

    Returns the number of parts into which a person is divided: 1 where whole persons count.
    """
    rules = person_rules(ruleset)
    _run(engine, roll.steps(rules, day))
    people = checks.of_people(day) if checks_people else ()
    checks.stop_on_faults(engine, checks.of_structure() + people)
    _run(engine, staffing.steps_before_totals(rules, day))
    parts = _load_totals(engine, rules)
    relief = relief_in_force(ruleset, "R3", day)
    _run(engine, staffing.steps_after_totals(rules, day, relief))
    _run(engine, assets.steps(rules, day, relief_in_force(ruleset, "R5", day)))
    _run(engine, terms.steps(ruleset, rules, relief, parts))
    return parts


def text(ruleset: RuleSet, day: date) -> str:
    """Return the SQL of a measurement as one text, for people to read and for hashing."""
    rules = person_rules(ruleset)
    relief = relief_in_force(ruleset, "R3", day)
    steps = (
        *roll.steps(rules, day),
        *staffing.steps_before_totals(rules, day),
        *staffing.steps_after_totals(rules, day, relief),
        *assets.steps(rules, day, relief_in_force(ruleset, "R5", day)),
        *terms.steps(ruleset, rules, relief, 1),
    )
    return "\n\n".join(f"-- {step.relation}\n{step.select}" for step in steps)


def _run(engine: SqlEngine, steps: Sequence[Step]) -> None:
    for step in steps:
        engine.create(step.relation, step.select)


def _load_totals(engine: SqlEngine, rules: PersonRules) -> int:
    """Find k so that every share of a person is a whole number of 1/k; load what a period is worth.

    Raises `DataError` when the totals of periods have no k of a bearable size.
    """
    totals: list[int] = []
    if rules.teacher_stage == "share":
        totals = sorted(int(str(row[0])) for row in engine.rows(staffing.distinct_totals()))
    parts = lcm(*totals, 1)
    if parts > MOST_PARTS:
        raise DataError(
            say(
                "The weekly periods of teachers in several stages have too many different sums to "
                "be shared exactly. Round the periods, or let teacher_stage say “main”."
            )
        )
    columns = {"total": totals or [0], "worth": [parts // t for t in totals] or [0]}
    columns["k"] = [parts] * len(columns["total"])
    engine.load(staffing.LESSON_TOTALS, columns, dict.fromkeys(columns, "BIGINT"))
    return parts


def _size(session: Session, ruleset: RuleSet) -> tuple[str, bool, int]:
    """Find the SQL type with room for every product of the definition, and if doubles are exact."""
    asked = ", ".join(f"MAX(ABS(num_{i.id})), MAX(den_{i.id})" for i in ruleset.indicators)
    row = session.rows(f"SELECT COUNT(*), MAX(pupils), {asked} FROM person_terms")[0]
    n_units, most_pupils, *largest = (int(str(value or 0)) for value in row)
    floor = ruleset.unit_rule.floor_share.denominator
    bound = in_double = 1
    for ix, i in enumerate(ruleset.indicators):
        numerator, denominator = largest[2 * ix], largest[2 * ix + 1]
        td = definition.threshold_denominator(i)
        tn = max(definition.threshold_numerator(i, s) or 1 for s in STAGES)
        sides = numerator * i.per * td + denominator * (tn * most_pupils + i.per * td)
        in_double = max(in_double, sides)
        sums = (numerator * i.per + denominator * most_pupils) * n_units
        bound = max(bound, sides * floor, sums)
    integer = "BIGINT" if bound <= BIGINT_MAX else terms.WIDE
    return integer, in_double < EXACT_IN_DOUBLE, n_units


def _warnings(session: Session) -> Iterator[Renderable]:
    empty = session.rows(f"SELECT unit_id FROM {UNITS} WHERE pupils = 0 ORDER BY unit_ix")
    for (unit_id,) in empty:
        yield say("Unit {unit} has no pupils; its figures count as missing.", unit=unit_id)
    ((n_lost,),) = session.rows(staffing.lost_teachers())
    if n_lost:
        yield say(
            "{n} full-time teachers have neither a main stage nor lessons in their school and are "
            "counted in no unit.",
            n=n_lost,
        )
    ((n_unknown,),) = session.rows(
        "SELECT COALESCE(SUM(n_without_education), 0) FROM person_unit_staff"
    )
    if n_unknown:
        yield say(
            "{n} full-time teachers without a level of education are not counted as above the "
            "required degree.",
            n=n_unknown,
        )


__all__ = ["measure_persons", "measure_relations", "run_steps", "text"]

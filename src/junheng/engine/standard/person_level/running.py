"""The steps of a measurement, in their order, on an engine that holds the datasets."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from junheng.engine.standard.person_level import assets, checks, roll, staffing, terms
from junheng.engine.standard.person_level.rules import PersonRules, person_rules
from junheng.engine.standard.split import relief_in_force
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from junheng.engine.standard.definition import Step
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.sql_engine import SqlEngine

MOST_PARTS = 10**12
"""Parts into which a person may be divided and every product still has room in 38 digits."""


def run_steps(engine: SqlEngine, ruleset: RuleSet, day: date, *, checks_people: bool = True) -> int:
    """Run every step up to `units` and `person_terms` on an engine that holds the datasets.

    Returns the number of parts into which a person is divided: 1 where whole persons count.
    """
    parts = run_to_units(engine, ruleset, day, checks_people=checks_people)
    run_from_units(engine, ruleset, day, parts)
    return parts


def run_to_units(
    engine: SqlEngine, ruleset: RuleSet, day: date, *, checks_people: bool = True
) -> int:
    """Run the steps up to the sums of each unit, see `run_steps`."""
    rules = person_rules(ruleset)
    _run(engine, roll.steps(rules, day))
    people = checks.of_people(day) if checks_people else ()
    checks.stop_on_faults(engine, checks.of_structure(), checks.of_counts(), people)
    _run(engine, staffing.steps_before_totals(rules, day))
    parts = _load_totals(engine, rules)
    _run(engine, staffing.steps_after_totals(rules, day, relief_in_force(ruleset, "R3", day)))
    _run(engine, assets.steps(rules, day, relief_in_force(ruleset, "R5", day)))
    _run(engine, terms.facts_steps())
    return parts


def run_from_units(engine: SqlEngine, ruleset: RuleSet, day: date, parts: int) -> None:
    """Run the steps from the sums of each unit to `units` and `person_terms`."""
    relief = relief_in_force(ruleset, "R3", day)
    _run(engine, terms.steps(ruleset, person_rules(ruleset), relief, parts))


def text(ruleset: RuleSet, day: date) -> str:
    """Return the SQL of a measurement as one text, for people to read and for hashing."""
    rules = person_rules(ruleset)
    relief = relief_in_force(ruleset, "R3", day)
    steps = (
        *roll.steps(rules, day),
        *staffing.steps_before_totals(rules, day),
        *staffing.steps_after_totals(rules, day, relief),
        *assets.steps(rules, day, relief_in_force(ruleset, "R5", day)),
        *terms.facts_steps(),
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

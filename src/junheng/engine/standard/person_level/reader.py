"""From datasets of people, rooms and things to a table that `assess` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard import definition
from junheng.engine.standard.person_level import staffing, terms
from junheng.engine.standard.person_level.batches import run_in_batches
from junheng.engine.standard.person_level.folder import open_folder
from junheng.engine.standard.person_level.rules import person_rules
from junheng.engine.standard.person_level.running import run_steps, text
from junheng.engine.standard.ruleset import STAGES, RuleSet
from junheng.engine.standard.unit_table import BIGINT_MAX, EXACT_IN_DOUBLE, UNITS, UnitTable
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from junheng.engine.store.session import Session
    from junheng.i18n import Renderable


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
        One Parquet file a dataset or pieces of it, see docs/reference/person-level.md. Pieces whose
        ids keep apart are measured in batches, in bounded memory, with the same result.
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
    parts = run_in_batches(session, folder, ruleset, statistics_date, checks_people=checks_people)
    return _table(session, ruleset, parts)


def measure_relations(
    session: Session, ruleset: RuleSet, *, statistics_date: date, checks_people: bool = True
) -> UnitTable:
    """Measure the relations `person_<dataset>` that a session already holds, see `datasets`."""
    parts = run_steps(session, ruleset, statistics_date, checks_people=checks_people)
    return _table(session, ruleset, parts)


def _table(session: Session, ruleset: RuleSet, parts: int) -> UnitTable:
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

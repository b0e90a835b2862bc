"""From a checked unit table to cells, verdicts and coefficients of variation.

Runs the definition on an SQL engine, decides again what lies near a limit, and leaves the results
as relations in the table's session. `Assessment` reads them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard import definition, exact
from junheng.engine.standard.results import (
    COUNTY_COUNTS,
    Assessment,
    Cell,
    CountyVerdict,
    DispersionResult,
    LeftOut,
    UnitResult,
    stage_of,
)
from junheng.engine.standard.ruleset import STAGES, Indicator, RuleSet, Stage
from junheng.engine.standard.unit_table import EXACT_IN_DOUBLE, UNITS, UnitTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.store.sql_engine import Row, SqlEngine


# From here on it costs less to compute a unit's row wherever it is read than to keep it (a nation:
# half the processor time and memory). Below, planning the longer queries costs more than they do.
MANY_UNITS = 5_000


def assess(table: UnitTable, *, engine: SqlEngine | None = None) -> Assessment:
    """Measure every unit of a table against the table's rule set.

    Parameters
    ----------
    table
        Read by `unit_table.read`.
    engine
        Where the definition runs. None: in the table's own session (DuckDB). Another engine gets
        the terms, and its results come back into the session.

    Returns
    -------
    Assessment
        Constant number of queries, whatever the number of units.
    """
    runs_elsewhere = engine is not None and engine is not table.session
    where: SqlEngine = table.session if engine is None else engine
    if runs_elsewhere:
        _send(table, where)
    # Rows that are rounded afterwards, and rows that travel, must be kept.
    is_kept = runs_elsewhere or not table.is_exact_in_double or table.n_units < MANY_UNITS
    for step in definition.steps_before_decision(table.ruleset, table.integer, table.denominators):
        if is_kept or not step.is_per_unit:
            where.create(step.relation, step.select)
        else:
            table.session.define(step.relation, step.select)
    _load_decided(where, _decide_near_limits(table, where))
    for step in definition.steps_after_decision(table.ruleset):
        where.create(step.relation, step.select)
    if runs_elsewhere:
        _bring_back(table, where)
    if not table.is_exact_in_double:
        _round_once(table)
    _define_results(table, is_kept=is_kept)
    return Assessment(table)


def _define_results(table: UnitTable, *, is_kept: bool) -> None:
    """Make the relation of all that is known of each unit, for those who print and write."""
    terms = table.session.columns(definition.TERMS)
    if not is_kept and set(definition.CARRIED) <= set(terms):
        # Read from one end to the other, without a join: the order of the table is kept.
        select = definition.judged(table.ruleset, table.integer)
    else:
        cells = "".join(
            f", c.value_{i.id}, c.status_{i.id}, c.gap_{i.id}" for i in table.ruleset.indicators
        )
        carried = ", ".join(f"u.{c}" for c in definition.CARRIED)
        select = (
            f"SELECT u.unit_ix, u.county, u.stage, u.pupils, {carried}, v.n_met, v.verdict{cells} "
            f"FROM {UNITS} u JOIN cells c ON u.unit_ix = c.unit_ix "
            "JOIN unit_verdicts v ON u.unit_ix = v.unit_ix ORDER BY u.unit_ix"
        )
    table.session.define(definition.RESULTS, select)


# --- another engine ------------------------------------------------------------------------------


def _term_types(table: UnitTable) -> dict[str, str]:
    types = {
        "unit_ix": "BIGINT",
        "county": "VARCHAR",
        "stage": "VARCHAR",
        "kind": "VARCHAR",
        "pupils": "BIGINT",
    }
    for i in table.ruleset.indicators:
        types |= {f"num_{i.id}": table.integer, f"den_{i.id}": table.integer}
    return types


def _result_types(ruleset: RuleSet) -> dict[str, dict[str, str]]:
    cells = {"unit_ix": "BIGINT", "is_excluded": "BIGINT"}
    for i in ruleset.indicators:
        gap = "DECIMAL(38,0)" if ruleset.is_counted_whole(i) else "DOUBLE"
        cells |= {f"value_{i.id}": "DOUBLE", f"status_{i.id}": "VARCHAR", f"gap_{i.id}": gap}
    units = {"unit_ix": "BIGINT", "county": "VARCHAR", "n_met": "BIGINT", "verdict": "VARCHAR"}
    dispersion = {
        "county": "VARCHAR",
        "stage": "VARCHAR",
        "indicator_ix": "BIGINT",
        "indicator": "VARCHAR",
    }
    dispersion |= {"mean": "DOUBLE", "sd": "DOUBLE", "cv": "DOUBLE", "status": "VARCHAR"}
    dispersion |= {"n_units": "BIGINT", "n_left_out": "BIGINT"}
    counties = {"county": "VARCHAR", "resource_allocation": "VARCHAR"}
    counties |= dict.fromkeys(COUNTY_COUNTS, "BIGINT")
    return {
        "cells": cells,
        "unit_verdicts": units,
        "dispersion": dispersion,
        "county_verdicts": counties,
    }


def _send(table: UnitTable, engine: SqlEngine) -> None:
    types = _term_types(table)
    _copy(table.session, engine, definition.TERMS, types)


def _bring_back(table: UnitTable, engine: SqlEngine) -> None:
    for relation, types in _result_types(table.ruleset).items():
        _copy(engine, table.session, relation, types)


def _copy(source: SqlEngine, target: SqlEngine, relation: str, types: Mapping[str, str]) -> None:
    # Whole numbers wider than a double's mantissa travel as text.
    selected = [
        f"CAST({c} AS VARCHAR(60)) AS {c}" if t.startswith("DECIMAL") else c
        for c, t in types.items()
    ]
    rows = source.rows(f"SELECT {', '.join(selected)} FROM {relation}")
    by_column = list(zip(*rows, strict=True)) or [()] * len(types)
    target.load(relation, dict(zip(types, by_column, strict=True)), types)


# --- decisions near a limit ----------------------------------------------------------------------


def _decide_near_limits(table: UnitTable, engine: SqlEngine) -> list[Row]:
    """Decide in exact fractions what the doubles left `near`: rows of `decided`."""
    near = engine.rows("SELECT county, stage, indicator FROM measured WHERE status = 'near'")
    return [_decided(table, engine, str(c), stage_of(s), str(i)) for c, s, i in near]


def _decided(table: UnitTable, engine: SqlEngine, county: str, stage: Stage, indicator: str) -> Row:
    limit = table.ruleset.dispersion.limits[stage] or Fraction(0)
    if indicator == definition.MEAN_OF_COEFFICIENTS:
        all_of = [
            _exact_dispersion(table, engine, county, stage, i) for i in table.ruleset.indicators
        ]
        squares = [d.cv_squared for d in all_of if d.cv_squared is not None]
        cv = float(sum(exact.root(square) for square in squares) / len(squares))
        status = "within" if exact.mean_is_within(squares, limit) else "beyond"
        return county, stage, indicator, None, None, cv, status
    d = _exact_dispersion(table, engine, county, stage, table.ruleset.indicator(indicator))
    status = "within" if exact.is_within(d.cv_squared or Fraction(0), limit) else "beyond"
    return county, stage, indicator, float(d.mean), d.sd, d.cv, status


def _exact_dispersion(
    table: UnitTable, engine: SqlEngine, county: str, stage: Stage, indicator: Indicator
) -> exact.Dispersion:
    i = indicator.id
    rows = engine.rows(
        f"SELECT CAST(num_{i} AS VARCHAR(60)), CAST(den_{i} AS VARCHAR(60)), pupils FROM cells "
        f"WHERE county = '{_escaped(county)}' AND stage = '{stage}' AND num_{i} IS NOT NULL"
    )
    shares = [exact.Share(Fraction(int(str(n)), int(str(d))), int(str(p))) for n, d, p in rows]
    return exact.dispersion(shares, per=indicator.per)


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _load_decided(engine: SqlEngine, decided: Sequence[Row]) -> None:
    names = definition.DECIDED_COLUMNS
    by_column = list(zip(*decided, strict=True)) or [()] * len(names)
    engine.load(definition.DECIDED, dict(zip(names, by_column, strict=True)), names)


def _round_once(table: UnitTable) -> None:
    """Print nearest doubles also where a numerator or denominator overfills a double."""
    for i in table.ruleset.indicators:
        rounded = _rounded(table, i)
        if not rounded:
            continue
        is_whole = table.ruleset.is_counted_whole(i)
        gap = "" if is_whole else f", gap_{i.id} = r.gap"
        by_column = dict(zip(ROUNDED_COLUMNS, zip(*rounded, strict=True), strict=True))
        table.session.load("rounded", by_column, ROUNDED_COLUMNS)
        table.session.run(
            f"UPDATE cells SET value_{i.id} = r.value{gap} FROM rounded r "
            f"WHERE cells.unit_ix = r.unit_ix AND cells.value_{i.id} IS NOT NULL"
        )


ROUNDED_COLUMNS = {"unit_ix": "BIGINT", "value": "DOUBLE", "gap": "DOUBLE"}


def _rounded(table: UnitTable, indicator: Indicator) -> list[Row]:
    """Unit, value and gap, each rounded once, of the units whose numbers overfill a double."""
    i, factor = indicator.id, indicator.per * definition.threshold_denominator(indicator)
    rows = table.session.rows(
        f"SELECT unit_ix, stage, CAST(num_{i} AS VARCHAR), CAST(den_{i} AS VARCHAR), pupils "
        f"FROM {definition.TERMS} WHERE num_{i} IS NOT NULL AND pupils > 0 "
        f"AND (num_{i} * {factor} >= {EXACT_IN_DOUBLE} "
        f"OR den_{i} * pupils * {factor} >= {EXACT_IN_DOUBLE})"
    )
    return [
        (unit_ix, *_nearest(indicator, stage_of(stage), Fraction(f"{num}/{den}"), int(str(pupils))))
        for unit_ix, stage, num, den, pupils in rows
    ]


def _nearest(
    indicator: Indicator, stage: Stage, amount: Fraction, pupils: int
) -> tuple[float, float | None]:
    """Value, and what is missing to the threshold, as the nearest doubles."""
    value = float(amount * indicator.per / pupils)
    threshold = indicator.thresholds.get(stage)
    if threshold is None:
        return value, None
    return value, float(max(Fraction(0), threshold * pupils / indicator.per - amount))


__all__ = [
    "STAGES",
    "Assessment",
    "Cell",
    "CountyVerdict",
    "DispersionResult",
    "LeftOut",
    "UnitResult",
    "assess",
]

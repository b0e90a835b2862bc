"""From a checked unit table to cells, verdicts and coefficients of variation.

Runs the definition on an SQL engine, decides again what lies near a limit, and leaves the results
as relations in the table's session. `Assessment` reads them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from junheng.engine.standard import definition, exact
from junheng.engine.standard.ruleset import STAGES, Indicator, RuleSet, Stage
from junheng.engine.standard.unit_table import EXACT_IN_DOUBLE, UNITS, UnitTable
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.engine.store.session import Session
    from junheng.engine.store.sql_engine import Row, SqlEngine


# From here on it costs less to compute a unit's row wherever it is read than to keep it (a nation:
# half the processor time and memory). Below, planning the longer queries costs more than they do.
MANY_UNITS = 5_000


@dataclass(frozen=True)
class Cell:
    """One indicator of one unit. `value` and `gap` are None when missing."""

    indicator: str
    value: float | None
    threshold: float | None
    floor: float | None
    status: str
    gap: float | int | None


@dataclass(frozen=True)
class UnitResult:
    """One stage unit: who it is, its cells by indicator, its verdict."""

    unit_id: str
    school_id: str | None
    school_name: str | None
    county_code: str | None
    stage: Stage
    kind: str
    pupils: int
    verdict: str
    n_met: int | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class LeftOut:
    """A unit in scope that does not enter a coefficient, and why (`no_pupils`, `missing`)."""

    unit_id: str
    reason: str


@dataclass(frozen=True)
class DispersionResult:
    """One coefficient of variation: county, stage, indicator."""

    county_code: str | None
    stage: Stage
    indicator: str
    mean: float | None
    sd: float | None
    cv: float | None
    limit: float | None
    status: str
    n_units: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class CountyVerdict:
    """Part one of the standard for a county, with counts and reasons."""

    county_code: str | None
    resource_allocation: str
    n_units: int
    n_pass: int
    n_fail: int
    n_undetermined: int
    n_excluded: int
    n_beyond: int
    n_not_computable: int
    n_incomplete: int
    reasons: tuple[Message, ...]


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
    for step in definition.steps_before_decision(table.ruleset, table.integer):
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
    return Assessment(table)


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


COUNTY_COUNTS = (
    "n_units",
    "n_pass",
    "n_fail",
    "n_undetermined",
    "n_excluded",
    "n_beyond",
    "n_not_computable",
    "n_incomplete",
)


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
    return [_decided(table, engine, str(c), _stage(s), str(i)) for c, s, i in near]


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


def _stage(value: object) -> Stage:
    return "primary" if value == "primary" else "junior"


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
        (unit_ix, *_nearest(indicator, _stage(stage), Fraction(f"{num}/{den}"), int(str(pupils))))
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


# --- results -------------------------------------------------------------------------------------


class Assessment:
    """The results of one assessment, read from the session's relations on demand."""

    def __init__(self, table: UnitTable) -> None:
        self.table = table
        self.ruleset = table.ruleset
        self.warnings = table.warnings

    @property
    def _session(self) -> Session:
        return self.table.session

    @cached_property
    def units(self) -> tuple[UnitResult, ...]:
        """Every unit, in the order of the table."""
        cells = ", ".join(
            f"c.value_{i.id}, c.status_{i.id}, c.gap_{i.id}" for i in self.ruleset.indicators
        )
        rows = self._session.rows(
            "SELECT u.unit_id, u.school_id, u.school_name, u.county, u.stage, u.kind, u.pupils, "
            f"v.verdict, v.n_met, {cells} FROM {UNITS} u JOIN cells c ON u.unit_ix = c.unit_ix "
            "JOIN unit_verdicts v ON u.unit_ix = v.unit_ix ORDER BY u.unit_ix"
        )
        return tuple(self._unit(row) for row in rows)

    def _unit(self, row: Row) -> UnitResult:
        unit_id, school_id, school_name, county, stage, kind, pupils, verdict, n_met, *figures = row
        cells = {}
        if verdict != "excluded":
            for ix, indicator in enumerate(self.ruleset.indicators):
                value, status, gap = figures[3 * ix : 3 * ix + 3]
                cells[indicator.id] = self._cell(indicator, _stage(stage), value, status, gap)
        return UnitResult(
            unit_id=str(unit_id),
            school_id=_text(school_id),
            school_name=_text(school_name),
            county_code=_text(county),
            stage=_stage(stage),
            kind=str(kind),
            pupils=int(str(pupils)),
            verdict=str(verdict),
            n_met=_whole(n_met),
            cells=cells,
        )

    def _cell(
        self, indicator: Indicator, stage: Stage, value: object, status: object, gap: object
    ) -> Cell:
        threshold = indicator.thresholds.get(stage)
        is_whole = self.ruleset.is_counted_whole(indicator)
        return Cell(
            indicator=indicator.id,
            value=_number(value),
            threshold=None if threshold is None else float(threshold),
            floor=None
            if threshold is None
            else float(threshold * self.ruleset.unit_rule.floor_share),
            status=str(status),
            gap=_whole(gap) if is_whole else _number(gap),
        )

    @cached_property
    def dispersion(self) -> tuple[DispersionResult, ...]:
        """Every coefficient, by county, primary before junior, in the order of the indicators."""
        rows = self._session.rows(
            "SELECT county, stage, indicator, mean, sd, cv, status, n_units FROM dispersion "
            "ORDER BY county, CASE stage WHEN 'primary' THEN 0 ELSE 1 END, indicator_ix"
        )
        return tuple(self._dispersion_row(row) for row in rows)

    def _dispersion_row(self, row: Row) -> DispersionResult:
        county, stage, indicator, mean, sd, cv, status, n_units = row
        limit = self._limit(_stage(stage), str(indicator))
        return DispersionResult(
            county_code=_text(county),
            stage=_stage(stage),
            indicator=str(indicator),
            mean=_number(mean),
            sd=_number(sd),
            cv=_number(cv),
            limit=limit,
            status=str(status),
            n_units=int(str(n_units)),
            left_out=tuple(self._left_out.get((str(county), str(stage), str(indicator)), ())),
        )

    def _limit(self, stage: Stage, indicator: str) -> float | None:
        rule = self.ruleset.dispersion
        is_judged = rule.method == "each" or indicator == definition.MEAN_OF_COEFFICIENTS
        limit = rule.limits.get(stage) if is_judged else None
        return None if limit is None else float(limit)

    @cached_property
    def _left_out(self) -> Mapping[tuple[str, str, str], list[LeftOut]]:
        missing = [f"c.status_{i.id} = 'missing'" for i in self.ruleset.indicators]
        rows = self._session.rows(
            f"SELECT u.county, u.stage, u.unit_id, u.pupils, {', '.join(missing)} FROM {UNITS} u "
            f"JOIN cells c ON u.unit_ix = c.unit_ix WHERE {' OR '.join(missing)} ORDER BY u.unit_ix"
        )
        left_out: dict[tuple[str, str, str], list[LeftOut]] = defaultdict(list)
        for county, stage, unit_id, pupils, *is_missing in rows:
            unit = LeftOut(str(unit_id), "missing" if pupils else "no_pupils")
            for indicator, is_out in zip(self.ruleset.indicators, is_missing, strict=True):
                if is_out:
                    left_out[str(county), str(stage), indicator.id].append(unit)
            if self.ruleset.dispersion.method == "mean":
                left_out[str(county), str(stage), definition.MEAN_OF_COEFFICIENTS].append(unit)
        return left_out

    @cached_property
    def counties(self) -> tuple[CountyVerdict, ...]:
        """Every county's verdict on resource allocation, by county."""
        rows = self._session.rows(
            f"SELECT county, resource_allocation, {', '.join(COUNTY_COUNTS)} "
            "FROM county_verdicts ORDER BY county"
        )
        return tuple(_county(row) for row in rows)

    def pages(self, size: int = 20_000) -> Iterator[tuple[int, int]]:
        """Ranges of `unit_ix` (first, last) to read a large table in pieces."""
        for first in range(0, self.table.n_units, size):
            yield first, min(first + size, self.table.n_units) - 1

    def facts_of(self, unit_id: str) -> Mapping[str, Fraction | None] | None:
        """Exact facts of a unit by id; None when the table has no such unit."""
        names = list(self.table.decimals)
        as_text = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
        rows = self._session.rows(f"SELECT {as_text} FROM {UNITS} WHERE unit_id = ?", [unit_id])
        if not rows:
            return None
        return {
            name: None
            if value is None
            else Fraction(int(str(value)), 10 ** self.table.decimals[name])
            for name, value in zip(names, rows[0], strict=True)
        }


def _county(row: Row) -> CountyVerdict:
    county, verdict, *counts = row
    n = {name: int(str(value)) for name, value in zip(COUNTY_COUNTS, counts, strict=True)}
    return CountyVerdict(_text(county), str(verdict), **n, reasons=tuple(_reasons(str(verdict), n)))


def _reasons(verdict: str, n: Mapping[str, int]) -> Iterator[Message]:
    in_scope = n["n_units"] - n["n_excluded"]
    if n["n_fail"]:
        yield say("{n} of {total} stage units do not pass.", n=n["n_fail"], total=in_scope)
    if n["n_beyond"]:
        yield say("{n} coefficients of variation are beyond their limit.", n=n["n_beyond"])
    if n["n_undetermined"]:
        yield say("{n} stage units lack data and cannot be judged yet.", n=n["n_undetermined"])
    if n["n_not_computable"]:
        yield say("{n} coefficients of variation cannot be computed.", n=n["n_not_computable"])
    if n["n_incomplete"]:
        yield say(
            "{n} coefficients of variation leave units out for lack of data.", n=n["n_incomplete"]
        )
    if in_scope == 0:
        yield say("No stage unit is in scope: nothing was measured.")
    elif verdict == "met":
        yield say(
            "All {total} stage units pass and every coefficient is within its limit.",
            total=in_scope,
        )
    elif verdict == "not_judged":
        yield say("These measures have no threshold: they are compared, not judged.")


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


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

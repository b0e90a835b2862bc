"""What the standard means, written once, as portable SQL.

The text is made from a rule set and runs unchanged on DuckDB and on Spark SQL. It uses nothing but
whole numbers to decide: thresholds are fractions `n/d` compared by cross-multiplication, so that a
value equal to its threshold is met, exactly. Doubles appear only where a figure is printed, and in
coefficients of variation, whose decision near the limit is repeated in exact fractions
(`exact.decide_near_limits`).

Sets       units i of stages s in counties c; indicators r of the rule set.
Data       relation `terms`: a row per unit with `unit_ix, county, stage, kind, pupils` (P_i) and,
           for each indicator r, `num_r / den_r` (x_ir, the weighted sum of facts; NULL: missing).
Rules      thresholds t_rs = tn/td, floor share f = fn/fd, factor k_r (100 for "per 100"), and
           limits L_s.
Steps      1 `scoped`         which units are in scope, and their thresholds
           2 `cells`          value X_ir = k x / P, status, what is missing to the threshold, and a
                              mark that tells the status when marks are added up
           3 `unit_verdicts`  met count and verdict of a unit
           4 `means`          enrolment-weighted mean of each county, stage and indicator
           5 `measured`       S, CV, and status; near a limit the status is `near`
           6 `dispersion`     `measured` with the exact decisions put in (relation `decided`)
           7 `county_verdicts`

Wide rows (a column per indicator) instead of a row per cell: the same results in a tenth of the
processor time at the size of a nation (docs/decisions/0004-portable-sql.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING

from junheng.engine.standard.ruleset import STAGES, Exclusion, Indicator, RuleSet, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

MEAN_OF_COEFFICIENTS = "mean"
"""Indicator name of the row that holds the mean of all coefficients (2012 rule)."""

UNIT_KEYS = ("unit_ix", "county", "stage")
TERMS = "terms"
RESULTS = "unit_results"
"""Everything known of each unit in one row: who it is, its cells, its verdict."""
CARRIED = ("unit_id", "school_id", "school_name", "kind")
"""What tells people who a unit is; no decision needs the first three."""
DECIDED = "decided"
DECIDED_COLUMNS = {
    "county": "VARCHAR",
    "stage": "VARCHAR",
    "indicator": "VARCHAR",
    "mean": "DOUBLE",
    "sd": "DOUBLE",
    "cv": "DOUBLE",
    "status": "VARCHAR",
}

# A coefficient this close to its limit (relative) is decided again in exact fractions. Sums of
# doubles over a county err by less than 1e-12, so that nothing outside the band can be wrong.
NEAR_ONE_IN = 10**9

MARKED = ("met", "between85", "below85", "missing")
"""Statuses that a verdict counts."""


@dataclass(frozen=True)
class Step:
    """One relation of the definition and the SELECT that makes it from earlier ones.

    `is_per_unit` says that it has a row per unit and needs no look beyond that unit: computing it
    again where it is read, and only the columns read, costs less than keeping it.
    """

    relation: str
    select: str
    is_per_unit: bool = False


def steps_before_decision(
    ruleset: RuleSet, integer: str, denominators: Mapping[str, int] | None = None
) -> tuple[Step, ...]:
    """Return steps 1 to 5.

    Parameters
    ----------
    ruleset
        The standard.
    integer
        BIGINT, or DECIMAL(38,0) where products need the room.
    denominators
        `den_r` by indicator where every unit has the same (a unit table): then a mean needs three
        sums of a county instead of six.
    """
    return (
        Step("scoped", _scoped(ruleset, integer), is_per_unit=True),
        Step("cells", _cells(ruleset, integer), is_per_unit=True),
        Step("unit_verdicts", _unit_verdicts(ruleset), is_per_unit=True),
        Step("means", _means(ruleset, integer, denominators or {})),
        Step("measured", _measured(ruleset)),
    )


def steps_after_decision(ruleset: RuleSet) -> tuple[Step, ...]:
    """Return steps 6 and 7, which need the relation `decided`."""
    return (
        Step("dispersion", _dispersion()),
        Step("county_verdicts", _county_verdicts(ruleset)),
    )


def judged(ruleset: RuleSet, integer: str) -> str:
    """Return one SELECT over `terms` that gives each unit's cells and verdict beside `CARRIED`.

    For DuckDB alone: `terms` must hold the columns carried.
    """
    scoped = _scoped(ruleset, integer, CARRIED)
    cells = _cells(ruleset, integer, CARRIED)
    columns = ["unit_ix", "county", "stage", "pupils", *CARRIED]
    columns += [f"{part}_{i.id}" for i in ruleset.indicators for part in ("value", "status", "gap")]
    return (
        f"WITH scoped AS NOT MATERIALIZED (\n{scoped}\n), "
        f"cells AS NOT MATERIALIZED (\n{cells}\n)\n{_unit_verdicts(ruleset, columns)}"
    )


def text(
    ruleset: RuleSet, integer: str = "BIGINT", denominators: Mapping[str, int] | None = None
) -> str:
    """Return the whole definition as one text, for people to read and for hashing."""
    before = steps_before_decision(ruleset, integer, denominators)
    steps = before + steps_after_decision(ruleset)
    return "\n\n".join(f"-- {step.relation}\n{step.select}" for step in steps)


def threshold_denominator(indicator: Indicator) -> int:
    """Common denominator td of the thresholds of all stages."""
    return lcm(*(t.denominator for t in indicator.thresholds.values() if t is not None), 1)


def threshold_numerator(indicator: Indicator, stage: Stage) -> int | None:
    """Numerator tn of the threshold of `stage` over the common denominator."""
    threshold = indicator.thresholds.get(stage)
    if threshold is None:
        return None
    return int(threshold * threshold_denominator(indicator))


# --- 1 scope -------------------------------------------------------------------------------------


def _scoped(ruleset: RuleSet, integer: str, carried: Iterable[str] = ()) -> str:
    excluded = _any_of(_exclusion(e) for e in ruleset.exclusions)
    columns = ["unit_ix", "county", "stage", "pupils", "is_excluded", *carried]
    for i in ruleset.indicators:
        columns += [
            # Without pupils there is no value per pupil: the cell is missing, not zero.
            f"CASE WHEN is_excluded = 0 AND pupils > 0 THEN num_{i.id} END AS num_{i.id}",
            f"den_{i.id}",
            f"CAST({_by_stage(i)} AS {integer}) AS tn_{i.id}",
        ]
    inner = f"SELECT *, CASE WHEN {excluded} THEN 1 ELSE 0 END AS is_excluded FROM {TERMS}"
    return f"SELECT {_listed(columns)}\nFROM ({inner}) t"


def _exclusion(rule: Exclusion) -> str:
    if rule.pupils_below is None:
        return f"kind = '{rule.kind}'"
    return f"(kind = '{rule.kind}' AND pupils < {rule.pupils_below})"


def _by_stage(indicator: Indicator) -> str:
    cases = []
    for stage in STAGES:
        numerator = threshold_numerator(indicator, stage)
        if numerator is not None:
            cases.append(f"WHEN '{stage}' THEN {numerator}")
    return f"CASE stage {' '.join(cases)} END" if cases else "NULL"


# --- 2 cells -------------------------------------------------------------------------------------


def _cells(ruleset: RuleSet, integer: str, carried: Iterable[str] = ()) -> str:
    first = ["unit_ix", "county", "stage", "pupils", "is_excluded", *carried]
    second = list(first)
    third = list(first)
    marks = _marks(ruleset)
    for i in ruleset.indicators:
        td = threshold_denominator(i)
        first += [
            f"num_{i.id}",
            f"den_{i.id}",
            # x k td against tn P: the two sides of value >= threshold.
            f"num_{i.id} * {i.per * td} AS have_{i.id}",
            f"tn_{i.id} * den_{i.id} * pupils AS need_{i.id}",
        ]
        second += [
            f"num_{i.id}",
            f"den_{i.id}",
            f"{_value(i)} AS value_{i.id}",
            f"{_status(i, ruleset.unit_rule.floor_share)} AS status_{i.id}",
            f"{_mark(i, ruleset.unit_rule.floor_share, marks)} AS mark_{i.id}",
            f"CASE WHEN have_{i.id} >= need_{i.id} THEN 0 "
            f"ELSE need_{i.id} - have_{i.id} END AS lack_{i.id}",
            f"den_{i.id} * {i.per * td} AS lack_unit_{i.id}",
        ]
        third += [f"{c}_{i.id}" for c in ("num", "den", "value", "status", "mark")]
        third.append(f"{_gap(i, integer, is_whole=ruleset.is_counted_whole(i))} AS gap_{i.id}")
    sides = f"SELECT {_listed(first)}\nFROM scoped"
    statuses = f"SELECT {_listed(second)}\nFROM ({sides}) a"
    return f"SELECT {_listed(third)}\nFROM ({statuses}) b"


def _value(indicator: Indicator) -> str:
    i = indicator.id
    return f"CAST(num_{i} * {indicator.per} AS DOUBLE) / CAST(den_{i} * pupils AS DOUBLE)"


def _status(indicator: Indicator, floor: Fraction) -> str:
    i = indicator.id
    return (
        f"CASE WHEN is_excluded = 1 THEN NULL "
        f"WHEN num_{i} IS NULL THEN 'missing' "
        f"WHEN need_{i} IS NULL THEN 'not_applicable' "
        f"WHEN have_{i} >= need_{i} THEN 'met' "
        f"WHEN have_{i} * {floor.denominator} >= need_{i} * {floor.numerator} THEN 'between85' "
        f"ELSE 'below85' END"
    )


def _marks(ruleset: RuleSet) -> dict[str, int]:
    """What a cell of a status adds to the marks of its unit: one sum then counts all four.

    Each count has as many bits as the number of indicators. Sums of texts compared, one for each
    status, took half as long again.
    """
    bits = len(ruleset.indicators).bit_length()
    return {status: 1 << place * bits for place, status in enumerate(MARKED)}


def _mark(indicator: Indicator, floor: Fraction, marks: Mapping[str, int]) -> str:
    """SQL of what a cell adds to the marks of its unit; 0 where it is not judged."""
    i = indicator.id
    return (
        f"CASE WHEN num_{i} IS NULL THEN {marks['missing']} "
        f"WHEN need_{i} IS NULL THEN 0 "
        f"WHEN have_{i} >= need_{i} THEN {marks['met']} "
        f"WHEN have_{i} * {floor.denominator} >= need_{i} * {floor.numerator} "
        f"THEN {marks['between85']} "
        f"ELSE {marks['below85']} END"
    )


def _gap(indicator: Indicator, integer: str, *, is_whole: bool) -> str:
    lack, unit = f"lack_{indicator.id}", f"lack_unit_{indicator.id}"
    quotient = f"CAST({lack} AS DOUBLE) / CAST({unit} AS DOUBLE)"
    if not is_whole:
        return f"CASE WHEN num_{indicator.id} IS NOT NULL THEN {quotient} END"
    # The division may be off in its last place: the ceiling is put right in whole numbers.
    ceiling = f"CAST(CEIL({quotient}) AS {integer})"
    return (
        f"CASE WHEN num_{indicator.id} IS NULL THEN NULL "
        f"WHEN {ceiling} * {unit} < {lack} THEN {ceiling} + 1 "
        f"WHEN ({ceiling} - 1) * {unit} >= {lack} THEN {ceiling} - 1 "
        f"ELSE {ceiling} END"
    )


# --- 3 units -------------------------------------------------------------------------------------


def _unit_verdicts(ruleset: RuleSet, columns: Sequence[str] = UNIT_KEYS) -> str:
    kept = ", ".join(columns)
    marks = " + ".join(f"mark_{i.id}" for i in ruleset.indicators)
    return (
        f"SELECT {kept}, CASE WHEN is_excluded = 0 THEN {_counted(ruleset, 'met')} END AS n_met, "
        f"{_unit_verdict(ruleset)} AS verdict\n"
        f"FROM (SELECT {kept}, is_excluded, {marks} AS marks\nFROM cells) c"
    )


def _unit_verdict(ruleset: RuleSet) -> str:
    at_least = ruleset.unit_rule.met_at_least
    if at_least is None:
        return "CASE WHEN is_excluded = 1 THEN 'excluded' ELSE 'not_judged' END"
    misses_allowed = (len(ruleset.indicators) - at_least) * _marks(ruleset)["between85"]
    return (
        "CASE WHEN is_excluded = 1 THEN 'excluded' "
        f"WHEN {_counted(ruleset, 'below85')} > 0 "
        f"OR {_counted(ruleset, 'between85')} > {misses_allowed} THEN 'fail' "
        f"WHEN {_counted(ruleset, 'missing')} > 0 THEN 'undetermined' "
        "ELSE 'pass' END"
    )


def _counted(ruleset: RuleSet, status: str) -> str:
    """SQL of a unit's cells of a status, each counted as its mark."""
    bits = len(ruleset.indicators).bit_length()
    return f"(marks & {_marks(ruleset)[status] * ((1 << bits) - 1)})"


# --- 4, 5 dispersion -----------------------------------------------------------------------------


def _means(ruleset: RuleSet, integer: str, denominators: Mapping[str, int]) -> str:
    columns = ["county", "stage", "COUNT(*) AS n_in_scope"]
    common = {i: f"CAST({d} AS {integer})" for i, d in denominators.items()}
    for i in ruleset.indicators:
        used = f"SUM(CASE WHEN num_{i.id} IS NOT NULL THEN pupils END)"
        columns += [
            f"COUNT(num_{i.id}) AS n_{i.id}",
            f"CAST({used} AS DOUBLE) AS pupils_{i.id}",
            f"{_mean(i, used, common.get(i.id))} AS mean_{i.id}",
        ]
    return f"SELECT {_listed(columns)}\nFROM cells\nWHERE is_excluded = 0\nGROUP BY county, stage"


def _mean(indicator: Indicator, used: str, denominator: str | None) -> str:
    """SQL of a mean over the pupils `used`: under one denominator the exact sum is divided once."""
    i, per = indicator.id, indicator.per
    total = f"CAST(SUM(num_{i}) * {per} AS DOUBLE)"
    if denominator is not None:
        return f"{total} / CAST({denominator} * {used} AS DOUBLE)"
    used_den = f"CASE WHEN num_{i} IS NOT NULL THEN den_{i} END"
    return (
        f"CASE WHEN MIN({used_den}) = MAX({used_den}) THEN "
        f"{total} / CAST(MIN({used_den}) * {used} AS DOUBLE) "
        f"ELSE SUM(CAST(num_{i} * {per} AS DOUBLE) / CAST(den_{i} AS DOUBLE)) "
        f"/ CAST({used} AS DOUBLE) END"
    )


def _measured(ruleset: RuleSet) -> str:
    squares = ["c.county AS county", "c.stage AS stage"]
    figures = ["m.county AS county", "m.stage AS stage", "m.n_in_scope AS n_in_scope"]
    for i in ruleset.indicators:
        deviation = f"(c.value_{i.id} - m.mean_{i.id})"
        squares.append(
            f"SUM(CAST(c.pupils AS DOUBLE) * {deviation} * {deviation}) AS squares_{i.id}"
        )
        figures += [
            f"m.n_{i.id} AS n_{i.id}",
            f"m.mean_{i.id} AS mean_{i.id}",
            f"SQRT(s.squares_{i.id} / m.pupils_{i.id}) AS sd_{i.id}",
        ]
    is_same = "county = m.county AND {}.stage = m.stage"
    summed = (
        f"SELECT {_listed(squares)}\nFROM cells c\n"
        f"JOIN means m ON c.{is_same.format('c')}\n"
        "WHERE c.is_excluded = 0\nGROUP BY c.county, c.stage"
    )
    wide = (
        f"SELECT {_listed(figures)}\nFROM means m\nJOIN (\n{summed}\n) s ON s.{is_same.format('s')}"
    )
    is_each = ruleset.dispersion.method == "each"
    rows = [
        _measured_row(ruleset, i, ix, is_judged=is_each) for ix, i in enumerate(ruleset.indicators)
    ]
    if ruleset.dispersion.method == "mean":
        rows.append(_mean_row(ruleset))
    return f"WITH wide AS (\n{wide}\n)\n" + "\nUNION ALL\n".join(rows)


def _measured_row(ruleset: RuleSet, indicator: Indicator, ix: int, *, is_judged: bool) -> str:
    i = indicator.id
    cv = f"CASE WHEN mean_{i} > 0 THEN sd_{i} / mean_{i} END"
    return (
        f"SELECT county, stage, {ix} AS indicator_ix, '{i}' AS indicator, mean, sd, cv, n_units, "
        f"n_left_out, {_dispersion_status(ruleset, is_judged=is_judged)} AS status\n"
        f"FROM (SELECT county, stage, mean_{i} AS mean, sd_{i} AS sd, {cv} AS cv, "
        f"n_{i} AS n_units, n_in_scope - n_{i} AS n_left_out FROM wide) r"
    )


def _mean_row(ruleset: RuleSet) -> str:
    n = len(ruleset.indicators)
    coefficients = " + ".join(
        f"CASE WHEN mean_{i.id} > 0 THEN sd_{i.id} / mean_{i.id} END" for i in ruleset.indicators
    )
    fewest = _fold("LEAST", [f"n_{i.id}" for i in ruleset.indicators])
    return (
        f"SELECT county, stage, {n} AS indicator_ix, '{MEAN_OF_COEFFICIENTS}' AS indicator, "
        "CAST(NULL AS DOUBLE) AS mean, CAST(NULL AS DOUBLE) AS sd, cv, n_units, n_left_out, "
        f"{_dispersion_status(ruleset, is_judged=True)} AS status\n"
        f"FROM (SELECT county, stage, ({coefficients}) / {n} AS cv, {fewest} AS n_units, "
        f"n_in_scope - {fewest} AS n_left_out FROM wide) r"
    )


def _dispersion_status(ruleset: RuleSet, *, is_judged: bool) -> str:
    not_computable = "WHEN cv IS NULL THEN 'not_computable'"
    limits = {s: limit for s, limit in ruleset.dispersion.limits.items() if limit is not None}
    if not is_judged or not limits:
        return f"CASE {not_computable} ELSE 'not_judged' END"
    cases = []
    for stage, limit in limits.items():
        ratio = f"cv * {limit.denominator} / {limit.numerator}"
        band = f"ABS({ratio} - 1) * {NEAR_ONE_IN} <= 1"
        cases += [
            f"WHEN stage = '{stage}' AND {band} THEN 'near'",
            f"WHEN stage = '{stage}' AND {ratio} < 1 THEN 'within'",
            f"WHEN stage = '{stage}' THEN 'beyond'",
        ]
    return f"CASE {not_computable} {' '.join(cases)} ELSE 'not_judged' END"


# --- 6, 7 decisions ------------------------------------------------------------------------------


def _dispersion() -> str:
    decided = ", ".join(f"COALESCE(d.{c}, m.{c}) AS {c}" for c in ("mean", "sd", "cv", "status"))
    return (
        "SELECT m.county AS county, m.stage AS stage, m.indicator_ix AS indicator_ix, "
        f"m.indicator AS indicator, {decided}, m.n_units AS n_units, m.n_left_out AS n_left_out\n"
        f"FROM measured m LEFT JOIN {DECIDED} d\n"
        "ON m.county = d.county AND m.stage = d.stage AND m.indicator = d.indicator"
    )


def _county_verdicts(ruleset: RuleSet) -> str:
    units = (
        "SELECT county, COUNT(*) AS n_units, "
        + ", ".join(
            f"SUM(CASE WHEN verdict = '{v}' THEN 1 ELSE 0 END) AS n_{v}"
            for v in ("pass", "fail", "undetermined", "excluded")
        )
        + "\nFROM unit_verdicts\nGROUP BY county"
    )
    dispersion = (
        "SELECT county, "
        "SUM(CASE WHEN status = 'beyond' THEN 1 ELSE 0 END) AS n_beyond, "
        "SUM(CASE WHEN status = 'not_computable' THEN 1 ELSE 0 END) AS n_not_computable, "
        "SUM(CASE WHEN n_left_out > 0 THEN 1 ELSE 0 END) AS n_incomplete\n"
        "FROM dispersion\nGROUP BY county"
    )
    columns = [
        *(
            f"u.{c} AS {c}"
            for c in ("county", "n_units", "n_pass", "n_fail", "n_undetermined", "n_excluded")
        ),
        *(f"COALESCE(d.{c}, 0) AS {c}" for c in ("n_beyond", "n_not_computable", "n_incomplete")),
    ]
    joined = (
        f"SELECT {_listed(columns)}\nFROM (\n{units}\n) u\n"
        f"LEFT JOIN (\n{dispersion}\n) d ON u.county = d.county"
    )
    return f"SELECT *, {_county_verdict(ruleset)} AS resource_allocation\nFROM (\n{joined}\n) v"


def _county_verdict(ruleset: RuleSet) -> str:
    judges_units = ruleset.unit_rule.met_at_least is not None
    if not judges_units and ruleset.dispersion.method == "none":
        return "'not_judged'"
    return (
        "CASE WHEN n_fail > 0 OR n_beyond > 0 THEN 'not_met' "
        "WHEN n_undetermined > 0 OR n_not_computable > 0 OR n_incomplete > 0 THEN 'undetermined' "
        "ELSE 'met' END"
    )


# --- text helpers --------------------------------------------------------------------------------


def _listed(columns: Iterable[str]) -> str:
    return ",\n  ".join(columns)


def _any_of(conditions: Iterable[str]) -> str:
    return " OR ".join(conditions) or "1 = 0"


def _fold(function: str, arguments: list[str]) -> str:
    return arguments[0] if len(arguments) == 1 else f"{function}({', '.join(arguments)})"

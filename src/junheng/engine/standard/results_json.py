"""The JSON form of an assessment, as docs/reference/assess-json.md describes it.

DuckDB puts the rows of units and coefficients together: a nation's 240,000 units are 150 MB of
text, which Python objects would make five times as slow.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, cast

from junheng.engine.standard.definition import MEAN_OF_COEFFICIENTS, RESULTS
from junheng.engine.standard.ruleset import STAGES, Indicator, RuleSet
from junheng.i18n import Translate, untranslated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from junheng.engine.standard.assess import Assessment, CountyVerdict

ROWS_A_PIECE = 4_096


def chunks(assessment: Assessment, translate: Translate = untranslated) -> Iterator[str]:
    """Yield the pieces of one JSON object; joined they are the whole document."""
    ruleset = assessment.ruleset
    yield '{"ruleset":' + _dumped({"id": ruleset.id, "version": ruleset.version}) + ',"units":['
    yield from _texts(assessment, units_sql(ruleset))
    yield '],"dispersion":['
    yield from _texts(assessment, dispersion_sql(ruleset))
    yield '],"verdict":['
    yield ",".join(_dumped(_county(row, translate)) for row in assessment.counties)
    yield '],"warnings":'
    yield _dumped([warning.render(translate) for warning in assessment.warnings]) + "}\n"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _texts(assessment: Assessment, select: str) -> Iterator[str]:
    """Yield the texts of a one-column query in pieces, commas between all of them."""
    comma = ""
    for rows in assessment.table.session.pages(select, ROWS_A_PIECE):
        yield comma + ",".join(cast("Iterable[str]", chain.from_iterable(rows)))
        comma = ","


# --- units ---------------------------------------------------------------------------------------


def units_sql(ruleset: RuleSet) -> str:
    """Return the DuckDB query that writes one JSON text per unit, in the order of the table."""
    first, *others = ruleset.indicators
    cells = ", ".join(
        [_cell_sql(ruleset, first), *(_cell_sql(ruleset, i, comma=",") for i in others)]
    )
    return (
        "SELECT concat('{\"unit_id\":', to_json(unit_id), "
        f"',\"county_code\":', {_COUNTY}, "
        '\',"stage":"\', stage, \'","verdict":"\', verdict, '
        "'\",\"n_met\":', COALESCE(CAST(n_met AS VARCHAR), 'null'), ',\"cells\":{', "
        f"CASE WHEN verdict = 'excluded' THEN '' ELSE concat({cells}) END, '}}}}') "
        f"FROM {RESULTS}"
    )


_COUNTY = "COALESCE(CAST(to_json(NULLIF(county, '')) AS VARCHAR), 'null')"


def _cell_sql(ruleset: RuleSet, indicator: Indicator, *, comma: str = "") -> str:
    """SQL of one cell's text, in few pieces: what a status implies is written with it.

    Most cells are met and lack nothing, so that no gap has to be made into text.
    """
    i, floor = indicator.id, ruleset.unit_rule.floor_share
    nothing = "0" if ruleset.is_counted_whole(indicator) else "0.0"
    thresholds = _constants(indicator, Fraction(1)), _constants(indicator, floor)
    limits = [
        (stage, f',"threshold":{t},"floor":{f},"status":"')
        for stage, t, f in zip(STAGES, *thresholds, strict=True)
    ]
    met = " ".join(f"WHEN '{s}' THEN '{text}met\",\"gap\":{nothing}}}'" for s, text in limits)
    other = " ".join(f"WHEN '{s}' THEN '{text}'" for s, text in limits)
    return (
        f'\'{comma}"{i}":{{"value":\', {_number_sql(f"value_{i}")}, '
        f"CASE WHEN status_{i} = 'met' THEN CASE stage {met} END "
        f'ELSE concat(CASE stage {other} END, status_{i}, \'","gap":\', '
        f"{_number_sql(f'gap_{i}')}, '}}') END"
    )


def _constants(indicator: Indicator, share: Fraction) -> list[str]:
    values = [indicator.thresholds.get(stage) for stage in STAGES]
    return ["null" if v is None else json.dumps(float(v * share)) for v in values]


def _number_sql(column: str) -> str:
    return f"COALESCE(CAST({column} AS VARCHAR), 'null')"


# --- coefficients --------------------------------------------------------------------------------


def dispersion_sql(ruleset: RuleSet) -> str:
    """Return the DuckDB query that writes one JSON text per coefficient, in their order."""
    figures = ", ".join(f"',\"{c}\":', {_number_sql(c)}" for c in ("mean", "sd", "cv"))
    text = (
        f'concat(\'{{"county_code":\', {_COUNTY}, \',"stage":"\', stage, '
        f'\'","indicator":"\', indicator, \'"\', {figures}, \',"limit":\', {_limit_sql(ruleset)}, '
        '\',"status":"\', status, \'","n_units":\', n_units, '
        "',\"left_out\":[', COALESCE(left_out, ''), ']}')"
    )
    return (
        f"WITH {_left_out_sql(ruleset)} SELECT {text} FROM dispersion "
        "LEFT JOIN left_out USING (county, stage, indicator) "
        "ORDER BY county, CASE stage WHEN 'primary' THEN 0 ELSE 1 END, indicator_ix"
    )


def _left_out_sql(ruleset: RuleSet) -> str:
    """Relations `out` (units that miss anything) and `left_out` (their texts, joined)."""
    missing = {i.id: f"status_{i.id} = 'missing'" for i in ruleset.indicators}
    anything = " OR ".join(missing.values())
    unit = (
        "concat('{\"unit_id\":', to_json(unit_id), "
        "',\"reason\":\"', CASE WHEN pupils = 0 THEN 'no_pupils' ELSE 'missing' END, '\"}')"
    )
    if ruleset.dispersion.method == "mean":
        missing[MEAN_OF_COEFFICIENTS] = anything
    by_indicator = " UNION ALL ".join(
        f"SELECT county, stage, '{i}' AS indicator, unit_ix, unit FROM missing WHERE misses_{i}"
        for i in missing
    )
    flags = ", ".join(f"{condition} AS misses_{i}" for i, condition in missing.items())
    return (
        f"missing AS MATERIALIZED (SELECT county, stage, unit_ix, {unit} AS unit, {flags} "
        f"FROM {RESULTS} WHERE {anything}), "
        "left_out AS (SELECT county, stage, indicator, "
        f"string_agg(unit, ',' ORDER BY unit_ix) AS left_out FROM ({by_indicator}) m "
        "GROUP BY county, stage, indicator)"
    )


def _limit_sql(ruleset: RuleSet) -> str:
    rule = ruleset.dispersion
    limits = " ".join(
        f"WHEN '{stage}' THEN '{json.dumps(float(limit))}'"
        for stage, limit in rule.limits.items()
        if limit is not None
    )
    if not limits:
        return "'null'"
    by_stage = f"CASE stage {limits} ELSE 'null' END"
    if rule.method == "each":
        return by_stage
    return f"CASE WHEN indicator = '{MEAN_OF_COEFFICIENTS}' THEN {by_stage} ELSE 'null' END"


# --- counties ------------------------------------------------------------------------------------


def _county(row: CountyVerdict, translate: Translate) -> dict[str, object]:
    return {
        "county_code": row.county_code,
        "resource_allocation": row.resource_allocation,
        "reasons": [reason.render(translate) for reason in row.reasons],
    }

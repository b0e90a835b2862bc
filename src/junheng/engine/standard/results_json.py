"""The JSON form of an assessment, as docs/reference/assess-json.md describes it.

Rows of units are put together by DuckDB itself, in pieces: a nation's 240,000 units are 150 MB of
text, which Python objects would make five times as slow.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard.ruleset import STAGES, Indicator, RuleSet
from junheng.engine.standard.unit_table import UNITS
from junheng.i18n import Translate, untranslated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.standard.assess import Assessment, CountyVerdict, DispersionResult


def chunks(assessment: Assessment, translate: Translate = untranslated) -> Iterator[str]:
    """Yield the pieces of one JSON object; joined they are the whole document."""
    ruleset = assessment.ruleset
    yield '{"ruleset":' + _dumped({"id": ruleset.id, "version": ruleset.version}) + ',"units":['
    yield from _units(assessment)
    yield '],"dispersion":['
    yield ",".join(_dumped(_dispersion(row)) for row in assessment.dispersion)
    yield '],"verdict":['
    yield ",".join(_dumped(_county(row, translate)) for row in assessment.counties)
    yield '],"warnings":'
    yield _dumped([warning.render(translate) for warning in assessment.warnings]) + "}\n"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _units(assessment: Assessment) -> Iterator[str]:
    select = units_sql(assessment.ruleset)
    for first, last in assessment.pages():
        rows = assessment.table.session.rows(
            f"{select} WHERE u.unit_ix BETWEEN {first} AND {last} ORDER BY u.unit_ix"
        )
        yield ("," if first else "") + ",".join(str(text) for (text,) in rows)


def units_sql(ruleset: RuleSet) -> str:
    """Return the DuckDB query that writes one JSON text per unit."""
    cells = ",',',".join(_cell_sql(ruleset, i) for i in ruleset.indicators)
    return (
        "SELECT concat('{\"unit_id\":', to_json(u.unit_id), "
        "',\"county_code\":', COALESCE(CAST(to_json(NULLIF(u.county, '')) AS VARCHAR), 'null'), "
        '\',"stage":"\', u.stage, \'","verdict":"\', v.verdict, '
        "'\",\"n_met\":', COALESCE(CAST(v.n_met AS VARCHAR), 'null'), ',\"cells\":{', "
        f"CASE WHEN v.verdict = 'excluded' THEN '' ELSE concat({cells}) END, '}}}}') "
        f"FROM {UNITS} u JOIN cells c ON u.unit_ix = c.unit_ix "
        "JOIN unit_verdicts v ON u.unit_ix = v.unit_ix"
    )


def _cell_sql(ruleset: RuleSet, indicator: Indicator) -> str:
    i = indicator.id
    floor = ruleset.unit_rule.floor_share
    thresholds = _constants(indicator, Fraction(1)), _constants(indicator, floor)
    limits = "CASE u.stage " + " ".join(
        f"WHEN '{s}' THEN '{_fragment(t, f)}'" for s, t, f in zip(STAGES, *thresholds, strict=True)
    )
    return (
        f'\'"{i}":{{"value":\', {_number_sql(f"c.value_{i}")}, {limits} END, '
        f"c.status_{i}, '\",\"gap\":', {_number_sql(f'c.gap_{i}')}, '}}'"
    )


def _constants(indicator: Indicator, share: Fraction) -> list[str]:
    values = [indicator.thresholds.get(stage) for stage in STAGES]
    return ["null" if v is None else json.dumps(float(v * share)) for v in values]


def _fragment(threshold: str, floor: str) -> str:
    return f',"threshold":{threshold},"floor":{floor},"status":"'


def _number_sql(column: str) -> str:
    return f"COALESCE(CAST({column} AS VARCHAR), 'null')"


def _dispersion(row: DispersionResult) -> dict[str, object]:
    return {
        "county_code": row.county_code,
        "stage": row.stage,
        "indicator": row.indicator,
        "mean": row.mean,
        "sd": row.sd,
        "cv": row.cv,
        "limit": row.limit,
        "status": row.status,
        "n_units": row.n_units,
        "left_out": [{"unit_id": unit.unit_id, "reason": unit.reason} for unit in row.left_out],
    }


def _county(row: CountyVerdict, translate: Translate) -> dict[str, object]:
    return {
        "county_code": row.county_code,
        "resource_allocation": row.resource_allocation,
        "reasons": [reason.render(translate) for reason in row.reasons],
    }

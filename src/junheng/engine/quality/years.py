"""Checks against last year's table: abrupt changes, and figures that became zero."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from junheng.engine.quality.inspection import Figure, Hit, Inspection
from junheng.engine.quality.peers import FEWEST_PEERS, MAD_TO_SPREAD, RANGE_IN_SPREADS
from junheng.engine.quality.raw import PUPILS
from junheng.engine.standard.unit_table import UNITS
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.quality.rules import QualityRule
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session

LAST_YEAR = "quality_last_year"


@dataclass(frozen=True)
class _Change:
    """How a field usually changed in a stage: the middle and spread of ln(now / then)."""

    middle: float
    spread: float


def changes(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find figures that changed far more than their stage did, units matched by id."""
    last = look.last_year
    if last is None:
        return
    fields = [PUPILS] if PUPILS in rule.fields else [f.id for f in look.facts_of(rule)]
    for field in fields:
        if field == PUPILS or field in last.decimals:
            yield from _changes_of(look, rule, field)


def load_last_year(session: Session, last: UnitTable) -> None:
    """Copy last year's figures, as doubles, into the session of this year's table."""
    fields = {PUPILS: 0, **last.decimals}
    values = ", ".join(f"CAST({f} AS DOUBLE) / 1e{k}" for f, k in fields.items())
    rows = last.session.rows(f"SELECT unit_id, {values} FROM {UNITS}")
    names = ("unit_id", *fields)
    types = {name: "VARCHAR" if name == "unit_id" else "DOUBLE" for name in names}
    session.load(LAST_YEAR, dict(zip(names, zip(*rows, strict=True), strict=True)), types)


def _changes_of(look: Inspection, rule: QualityRule, field: str) -> Iterator[Hit]:
    both = (
        f"SELECT u.unit_ix, u.stage, u.pupils, u.{field} AS scaled, "
        f"CAST(u.{field} AS DOUBLE) / 1e{look.decimals(field)} AS v, l.{field} AS old "
        f"FROM {UNITS} u JOIN {LAST_YEAR} l ON l.unit_id = u.unit_id "
        f"WHERE u.{field} IS NOT NULL AND l.{field} > 0"
    )
    usual = _usual(look, both, rule.number("least_spread"))
    factor = log(rule.number("factor"))
    rows = look.table.session.rows(
        f"SELECT unit_ix, stage, pupils, CAST(scaled AS VARCHAR), v, old FROM ({both}) b "
        f"WHERE ABS(v - old) >= {rule.number('apart')!r} "
        f"AND CASE WHEN v = 0 THEN TRUE ELSE ABS(LN(v / old)) >= {factor!r} END ORDER BY unit_ix"
    )
    for ix, stage, pupils, scaled, now, then in rows:
        figure = Figure(int(str(ix)), str(stage), int(str(pupils)), look.exact(field, scaled))
        change = usual.get(str(stage))
        if change and _is_abrupt(change, float(str(now)), float(str(then)), rule.number("limit")):
            yield _hit(rule, field, figure, change, float(str(then)))


def _usual(look: Inspection, both: str, least_spread: float) -> dict[str, _Change]:
    rows = look.table.session.rows(
        f"WITH c AS (SELECT stage, LN(v / old) AS c FROM ({both}) b WHERE v > 0), "
        f"m AS (SELECT stage, MEDIAN(c) AS m FROM c GROUP BY stage "
        f"HAVING COUNT(*) >= {FEWEST_PEERS}) "
        f"SELECT stage, ANY_VALUE(m), {MAD_TO_SPREAD} * MEDIAN(ABS(c - m)) "
        f"FROM c JOIN m USING (stage) GROUP BY stage"
    )
    return {
        str(stage): _Change(float(str(middle)), max(float(str(spread)), least_spread))
        for stage, middle, spread in rows
    }


def _is_abrupt(change: _Change, now: float, then: float, limit: float) -> bool:
    return now == 0 or abs(log(now / then) - change.middle) > limit * change.spread


def _hit(rule: QualityRule, field: str, figure: Figure, change: _Change, then: float) -> Hit:
    reach = RANGE_IN_SPREADS * change.spread
    usual = (then * exp(change.middle - reach), then * exp(change.middle + reach))
    found = say("Last year it was {then}.", then=f"{then:.15g}")
    return Hit(rule, figure.unit_ix, field, figure.value, found, (), usual)

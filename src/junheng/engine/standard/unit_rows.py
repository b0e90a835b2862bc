"""Stage units given row by row, for `standard.assess`: every figure an exact fraction."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from junheng.engine.standard import definition
from junheng.engine.standard.ruleset import STAGES
from junheng.engine.standard.unit_table import BIGINT_MAX, EXACT_IN_DOUBLE, UNITS, UnitTable
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.standard.ruleset import Indicator, RuleSet, Stage
    from junheng.engine.store.session import Session
    from junheng.i18n import Renderable

MOST_DECIMALS = 6
"""Decimals with which `units` shows a part that has no end; `terms` has the fraction itself."""

WIDEST_DIGITS = 38
WIDE = f"DECIMAL({WIDEST_DIGITS},0)"

Term = Fraction | None


@dataclass(frozen=True)
class UnitRow:
    """One row of the unit table: facts exact, None where not filled in."""

    unit_id: str
    school_id: str
    school_name: str
    county: str
    stage: Stage
    kind: str
    pupils: int
    facts: Mapping[str, Fraction | None]


def load_units(
    session: Session,
    rows: Sequence[UnitRow],
    ruleset: RuleSet,
    *,
    warnings: tuple[Renderable, ...] = (),
) -> UnitTable:
    """Load stage units into the relations `units` and `terms`.

    Raises
    ------
    DataError
        A figure has more digits than any school's, so that sums would overflow.
    """
    terms = {i.id: [term_amount(i, row) for row in rows] for i in ruleset.indicators}
    integer, is_exact_in_double = _size(ruleset, rows, terms)
    decimals = {fact: _decimals([r.facts[fact] for r in rows]) for fact in used_facts(ruleset)}
    _load_units(session, rows, decimals)
    _load_terms(session, rows, terms, integer)
    return UnitTable(
        session=session,
        ruleset=ruleset,
        n_units=len(rows),
        integer=integer,
        decimals=decimals,
        is_exact_in_double=is_exact_in_double,
        warnings=warnings,
    )


def used_facts(ruleset: RuleSet) -> tuple[str, ...]:
    """Return the facts that the indicators of a rule set use, in order."""
    return tuple(dict.fromkeys(fact for i in ruleset.indicators for fact, _ in i.terms))


def term_amount(indicator: Indicator, row: UnitRow) -> Fraction | None:
    """Return the weighted sum of facts of an indicator; None when one is not filled in."""
    total = Fraction(0)
    for fact, weight in indicator.terms:
        amount = row.facts[fact]
        if amount is None:
            return None
        total += amount * weight
    return total


def _decimals(values: Sequence[Term]) -> int:
    """The fewest decimals that show all values whole, at most `MOST_DECIMALS`."""
    common = lcm(*(value.denominator for value in values if value is not None), 1)
    return next((k for k in range(MOST_DECIMALS) if 10**k % common == 0), MOST_DECIMALS)


def _load_units(session: Session, rows: Sequence[UnitRow], decimals: Mapping[str, int]) -> None:
    columns: dict[str, Sequence[object]] = {
        "unit_ix": range(len(rows)),
        "row_no": range(1, len(rows) + 1),
        **_who(rows, ("unit_id", "school_id", "school_name", "county", "stage", "kind", "pupils")),
        **{fact: [_scaled(row.facts[fact], k) for row in rows] for fact, k in decimals.items()},
    }
    whole = ("unit_ix", "row_no", "pupils", *decimals)
    types = {name: "BIGINT" if name in whole else "VARCHAR" for name in columns}
    session.load(UNITS, columns, types)


def _scaled(value: Term, decimals: int) -> int | None:
    return None if value is None else round(value * 10**decimals)


def _load_terms(
    session: Session, rows: Sequence[UnitRow], terms: Mapping[str, Sequence[Term]], integer: str
) -> None:
    columns: dict[str, Sequence[object]] = {
        "unit_ix": range(len(rows)),
        **_who(rows, ("county", "stage", "kind", "pupils")),
    }
    types = dict.fromkeys(columns, "VARCHAR") | {"unit_ix": "BIGINT", "pupils": "BIGINT"}
    for name, values in terms.items():
        columns[f"num_{name}"] = [None if v is None else str(v.numerator) for v in values]
        columns[f"den_{name}"] = ["1" if v is None else str(v.denominator) for v in values]
        types |= {f"num_{name}": integer, f"den_{name}": integer}
    session.load(definition.TERMS, columns, types)


def _who(rows: Sequence[UnitRow], names: Sequence[str]) -> dict[str, list[object]]:
    return {name: [getattr(row, name) for row in rows] for name in names}


def _size(
    ruleset: RuleSet, rows: Sequence[UnitRow], terms: Mapping[str, Sequence[Term]]
) -> tuple[str, bool]:
    """The SQL type with room for every product of the definition, and if doubles are exact."""
    most_pupils = max((row.pupils for row in rows), default=0)
    floor = ruleset.unit_rule.floor_share.denominator
    bound = in_double = 1
    for i in ruleset.indicators:
        known = [value for value in terms[i.id] if value is not None]
        numerator = max((abs(value.numerator) for value in known), default=0)
        denominator = max((value.denominator for value in known), default=1)
        td = definition.threshold_denominator(i)
        tn = max(definition.threshold_numerator(i, s) or 1 for s in STAGES)
        sides = numerator * i.per * td + denominator * (tn * most_pupils + i.per * td)
        in_double = max(in_double, sides)
        sums = (numerator * i.per + denominator * most_pupils) * len(rows)
        bound = max(bound, sides * floor, sums)
    if bound >= 10**WIDEST_DIGITS:
        raise DataError(
            say("A figure has more digits than any school's. Look for a number that ran together.")
        )
    return "BIGINT" if bound <= BIGINT_MAX else WIDE, in_double < EXACT_IN_DOUBLE

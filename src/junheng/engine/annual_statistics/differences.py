"""What the tables cannot tell of people: units that come out otherwise by them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.schools import whole_schools
from junheng.engine.annual_statistics.sums import Telling
from junheng.engine.annual_statistics.units import unit_rows
from junheng.engine.standard import definition
from junheng.engine.standard.unit_rows import term_amount
from junheng.engine.standard.unit_table import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.annual_statistics.layout import Layout
    from junheng.engine.annual_statistics.returns import SchoolReturn
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.session import Session


def differences(
    session: Session, schools: Mapping[str, SchoolReturn], layout: Layout, ruleset: RuleSet
) -> tuple[tuple[str, str], ...]:
    """Return unit and indicator wherever the tables lead to another amount than people do.

    `session` holds the measurement. Special schools are outside the seven indicators.
    """
    whole, _ = whole_schools(list(schools.values()), layout, Telling())
    told = {(row.school_id, row.stage): row for row in unit_rows(whole, ruleset)}
    names = ", ".join(f"t.num_{i.id}, t.den_{i.id}" for i in ruleset.indicators)
    measured = session.rows(
        f"SELECT u.unit_id, u.school_id, u.stage, {names} FROM {UNITS} u "
        f"JOIN {definition.TERMS} t ON t.unit_ix = u.unit_ix WHERE u.kind <> 'special' "
        "ORDER BY u.unit_ix"
    )
    found = []
    for unit_id, school_id, stage, *parts in measured:
        row = told.get((str(school_id), "primary" if stage == "primary" else "junior"))
        for ix, indicator in enumerate(ruleset.indicators):
            amount = _fraction(parts[2 * ix], parts[2 * ix + 1])
            if row is not None and amount != term_amount(indicator, row):
                found.append((str(unit_id), indicator.id))
    return tuple(found)


def _fraction(numerator: object, denominator: object) -> Fraction | None:
    return None if numerator is None else Fraction(int(str(numerator)), int(str(denominator)))

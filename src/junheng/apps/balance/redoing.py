"""Figures of an assessment redone from its stored facts, by the rules kept with it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.apps.balance.kept import open_kept
from junheng.engine.standard import working
from junheng.engine.standard.results import stage_of
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
    from junheng.engine.standard.ruleset import Indicator, RuleSet


def cell_redone(unit: AssessedUnit, indicator_id: str) -> working.CellWorking:
    """Return the working of one figure of a unit; NotFound where the unit has no such figure."""
    rules = open_kept(unit.assessment.ruleset)
    indicator = indicator_of(rules, indicator_id)
    if indicator_id not in unit.cells:
        raise NotFound(say("This stage unit is not assessed."))
    return working.cell_working(
        rules, indicator, stage_of(unit.stage), pupils=unit.pupils, facts=facts_of(unit)
    )


def coefficient_redone(
    row: AssessedDispersion, assessment: Assessment, units: Sequence[AssessedUnit]
) -> working.DispersionWorking:
    """Return the working of a coefficient from the facts of all units in scope."""
    rules = open_kept(assessment.ruleset)
    return working.dispersion_working(
        rules,
        indicator_of(rules, row.indicator),
        stage_of(row.stage),
        [
            working.UnitFacts(u.unit_id, u.school_name or u.unit_id, u.pupils, facts_of(u))
            for u in units_in_scope(row, units)
        ],
    )


def units_in_scope(row: AssessedDispersion, units: Sequence[AssessedUnit]) -> list[AssessedUnit]:
    """Return the units that a coefficient is of: those of its stage that are judged."""
    return [u for u in units if u.stage == row.stage and u.verdict != "excluded"]


def facts_of(unit: AssessedUnit) -> dict[str, Fraction | None]:
    """Return the exact facts of a stored unit."""
    return {name: None if text is None else Fraction(text) for name, text in unit.facts.items()}


def indicator_of(rules: RuleSet, indicator_id: str) -> Indicator:
    """Return an indicator of a rule set; NotFound when there is none of that id."""
    try:
        return rules.indicator(indicator_id)
    except KeyError:
        raise NotFound(say("This rule set has no such indicator.")) from None

"""The figures of stored units in exact fractions, redone from their facts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard import working

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.apps.balance.models import AssessedUnit
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.ruleset import Stage
    from junheng.engine.standard.working import CellWorking


def exact_cells(unit: AssessedUnit, rules: RuleSet) -> Mapping[str, CellWorking]:
    """Return the working of every indicator that a unit was measured by, in their order."""
    stage: Stage = "primary" if unit.stage == "primary" else "junior"
    facts = {
        name: None if figure is None else Fraction(figure) for name, figure in unit.facts.items()
    }
    return {
        i.id: working.cell_working(rules, i, stage, pupils=unit.pupils, facts=facts)
        for i in rules.indicators
        if i.id in unit.cells
    }

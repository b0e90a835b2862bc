"""An assessment of ours beside the result of a platform: what differs, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.reconciliation import causes
from junheng.engine.reconciliation.causes import CellBasis, CoefficientBasis, TheirBasis
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from junheng.engine.reconciliation.causes import Found
    from junheng.engine.reconciliation.layout import Layout
    from junheng.engine.reconciliation.platform_file import PlatformResult
    from junheng.engine.standard import Assessment
    from junheng.engine.standard.results import UnitResult
    from junheng.engine.standard.ruleset import Indicator, Stage

WITHIN = {"within": True, "beyond": False}
UNIT_MISSING_HERE = "unit_missing_here"
UNIT_MISSING_THERE = "unit_missing_there"
UNIT_OTHER_STAGE = "unit_other_stage"


@dataclass(frozen=True)
class Difference:
    """One cell, coefficient or whole unit that differs.

    `unit_id` is blank for a coefficient, `indicator` for a whole unit. `facts` are the raw figures
    that carry the difference.
    """

    unit_id: str
    school_name: str
    stage: str
    indicator: str
    ours: float | None
    theirs: float | None
    cause: str
    facts: tuple[str, ...] = ()
    is_verdict_alone: bool = False


@dataclass(frozen=True)
class Reconciliation:
    """All differences, and how many cells and coefficients were compared."""

    n_cells: int
    n_coefficients: int
    differences: tuple[Difference, ...]


def compare(assessment: Assessment, theirs: PlatformResult, layout: Layout) -> Reconciliation:
    """Compare what both sides tell; a cell the platform leaves out of a unit is not compared.

    Raises
    ------
    DataError
        Our table holds several counties: a coefficient of the platform would belong to none.
    """
    if len(assessment.counties) > 1:
        raise DataError(
            say(
                "The table holds {n} counties, and the result of a platform is of one. "
                "Compare each county with its own result.",
                n=len(assessment.counties),
            )
        )
    comparing = _Comparing(assessment, theirs, layout)
    units = tuple(comparing.units())
    coefficients = tuple(comparing.coefficients())
    return Reconciliation(comparing.n_cells, comparing.n_coefficients, (*units, *coefficients))


class _Comparing:
    def __init__(self, assessment: Assessment, theirs: PlatformResult, layout: Layout) -> None:
        self.ruleset = assessment.ruleset
        self.theirs = theirs
        self.layout = layout
        self.in_scope = [u for u in assessment.units if u.verdict != "excluded"]
        self.facts = {u.unit_id: assessment.facts_of(u.unit_id) or {} for u in self.in_scope}
        self.is_within = {
            (d.stage, d.indicator): WITHIN.get(d.status) for d in assessment.dispersion
        }
        self.differing: set[tuple[str, str]] = set()
        self.n_cells = 0
        self.n_coefficients = 0

    def units(self) -> Iterator[Difference]:
        ours = {unit.unit_id: unit for unit in self.in_scope}
        for unit_id, stage in self.theirs.units.items():
            if unit_id not in ours:
                self._mark(stage)
                yield Difference(unit_id, "", stage, "", None, None, UNIT_MISSING_HERE)
        for unit in self.in_scope:
            stage_there = self.theirs.units.get(unit.unit_id)
            if stage_there == unit.stage:
                yield from self._cells(unit)
                continue
            self._mark(unit.stage)
            cause = UNIT_OTHER_STAGE if stage_there else UNIT_MISSING_THERE
            yield _of_unit(unit, cause)

    def _mark(self, stage: str) -> None:
        """A unit on one side alone changes every coefficient of its stage."""
        self.differing |= {(stage, i.id) for i in self.ruleset.indicators}

    def _cells(self, unit: UnitResult) -> Iterator[Difference]:
        told = TheirBasis(
            self.theirs.facts.get(unit.unit_id, {}), self.theirs.pupils.get(unit.unit_id)
        )
        if told.pupils is not None and told.pupils != unit.pupils:
            self._mark(unit.stage)
        for indicator in self.ruleset.indicators:
            there = self.theirs.cells.get((unit.unit_id, indicator.id))
            if there is None:
                continue
            self.n_cells += 1
            basis = self._basis(unit, indicator)
            found = causes.of_cell(basis, there, told, self.layout.cell_tolerance)
            if found is None:
                continue
            if not found.is_verdict_alone:
                self.differing.add((unit.stage, indicator.id))
            value = causes.value_of(basis, basis.facts, basis.pupils)
            yield _of_cell(unit, indicator.id, (value, there.value), found)

    def _basis(self, unit: UnitResult, indicator: Indicator) -> CellBasis:
        return CellBasis(
            per=indicator.per,
            terms=indicator.terms,
            facts=self.facts[unit.unit_id],
            pupils=unit.pupils,
            threshold=indicator.thresholds.get(unit.stage),
        )

    def coefficients(self) -> Iterator[Difference]:
        for (stage, indicator_id), there in self.theirs.coefficients.items():
            self.n_coefficients += 1
            basis = self._coefficient(_stage(stage), self.ruleset.indicator(indicator_id))
            found = causes.of_coefficient(basis, there, self.layout.coefficient_tolerance)
            if found is None:
                continue
            ours = _float(causes.weighted_cv(basis.values, basis.pupils))
            yield Difference(
                "",
                "",
                stage,
                indicator_id,
                ours,
                _float(there.value),
                found.cause,
                is_verdict_alone=found.is_verdict_alone,
            )

    def _coefficient(self, stage: Stage, indicator: Indicator) -> CoefficientBasis:
        values, pupils = [], []
        for unit in self.in_scope:
            basis = self._basis(unit, indicator)
            value = causes.value_of(basis, basis.facts, basis.pupils)
            if unit.stage == stage and value is not None:
                values.append(value)
                pupils.append(unit.pupils)
        rule = self.ruleset.dispersion
        return CoefficientBasis(
            values,
            pupils,
            rule.limits.get(stage) if rule.method == "each" else None,
            self.is_within.get((stage, indicator.id)),
            (stage, indicator.id) in self.differing,
        )


def _stage(word: str) -> Stage:
    return "primary" if word == "primary" else "junior"


def _of_unit(unit: UnitResult, cause: str) -> Difference:
    return Difference(unit.unit_id, unit.school_name or "", unit.stage, "", None, None, cause)


def _of_cell(
    unit: UnitResult,
    indicator: str,
    values: tuple[Fraction | None, Fraction | None],
    found: Found,
) -> Difference:
    return Difference(
        unit.unit_id,
        unit.school_name or "",
        unit.stage,
        indicator,
        _float(values[0]),
        _float(values[1]),
        found.cause,
        found.facts,
        found.is_verdict_alone,
    )


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def counted(differences: tuple[Difference, ...]) -> Mapping[str, int]:
    """Return how many differences have each cause, in the order in which they come."""
    n: dict[str, int] = {}
    for difference in differences:
        n[difference.cause] = n.get(difference.cause, 0) + 1
    return n

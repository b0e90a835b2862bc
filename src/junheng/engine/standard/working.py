"""Workings: everything needed to redo one figure by hand.

Computed in exact fractions from the facts, apart from the SQL that made the figure: a working that
disagrees with its figure would show a fault of the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from junheng.engine.standard import exact
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.standard.assess import Assessment, UnitResult
    from junheng.engine.standard.ruleset import Fact, Indicator, RuleSet, Source, Stage


@dataclass(frozen=True)
class WorkingTerm:
    """A fact as it enters the sum: `weight` x `value`; value None when the table has a blank."""

    fact: Fact
    weight: int
    value: Fraction | None


@dataclass(frozen=True)
class CellWorking:
    """How the figure of one unit and indicator comes about.

    value = per x amount / pupils, amount = sum of weight x fact. `gap` is in the fact's own unit,
    whole for persons and rooms. All None where data are missing.
    """

    indicator: Indicator
    stage: Stage
    pupils: int
    terms: tuple[WorkingTerm, ...]
    amount: Fraction | None
    value: Fraction | None
    threshold: Fraction | None
    floor: Fraction | None
    status: str
    gap: Fraction | None
    source: Source
    ruleset_id: str
    ruleset_version: str


@dataclass(frozen=True)
class DispersionShare:
    """One unit's part in a coefficient: its value X, its weight P/P_N, its term of the variance."""

    unit_id: str
    name: str
    amount: Fraction
    pupils: int
    value: Fraction
    weight: Fraction
    difference: Fraction
    contribution: Fraction


@dataclass(frozen=True)
class DispersionWorking:
    """How one coefficient of variation comes about, unit by unit.

    mean = per x sum(x) / sum(P); variance = sum of contributions; cv = sd / mean. `cv_squared` is
    exact, `sd` and `cv` are nearest doubles. None where nothing can be computed.
    """

    indicator: Indicator
    stage: Stage
    county_code: str | None
    shares: tuple[DispersionShare, ...]
    left_out: tuple[str, ...]
    amount: Fraction
    pupils: int
    mean: Fraction | None
    variance: Fraction | None
    sd: float | None
    cv_squared: Fraction | None
    cv: float | None
    limit: Fraction | None
    status: str
    source: Source
    ruleset_id: str
    ruleset_version: str


def cell_working(
    ruleset: RuleSet,
    indicator: Indicator,
    stage: Stage,
    *,
    pupils: int,
    facts: Mapping[str, Fraction | None],
) -> CellWorking:
    """Return the working of one indicator of one unit.

    `facts` holds the unit's raw figures by fact id; an absent fact counts as missing.
    """
    terms = tuple(WorkingTerm(ruleset.fact(f), w, facts.get(f)) for f, w in indicator.terms)
    amount = _amount(indicator, facts)
    threshold = indicator.thresholds.get(stage)
    floor = None if threshold is None else threshold * ruleset.unit_rule.floor_share
    value = None if amount is None or pupils == 0 else amount * indicator.per / pupils
    return CellWorking(
        indicator=indicator,
        stage=stage,
        pupils=pupils,
        terms=terms,
        amount=amount,
        value=value,
        threshold=threshold,
        floor=floor,
        status=cell_status(value, threshold, floor),
        gap=_gap(ruleset, indicator, value, threshold, pupils),
        source=indicator.source,
        ruleset_id=ruleset.id,
        ruleset_version=ruleset.version,
    )


def cell_status(value: Fraction | None, threshold: Fraction | None, floor: Fraction | None) -> str:
    """Status of a cell: equal to the threshold is met, equal to the floor is not below it."""
    if value is None:
        return "missing"
    if threshold is None or floor is None:
        return "not_applicable"
    if value >= threshold:
        return "met"
    return "between85" if value >= floor else "below85"


def _amount(indicator: Indicator, facts: Mapping[str, Fraction | None]) -> Fraction | None:
    total = Fraction(0)
    for fact_id, weight in indicator.terms:
        value = facts.get(fact_id)
        if value is None:
            return None
        total += weight * value
    return total


def _gap(
    ruleset: RuleSet,
    indicator: Indicator,
    value: Fraction | None,
    threshold: Fraction | None,
    pupils: int,
) -> Fraction | None:
    if value is None or threshold is None:
        return None
    lack = max(Fraction(0), (threshold - value) * pupils / indicator.per)
    return Fraction(ceil(lack)) if ruleset.is_counted_whole(indicator) else lack


@dataclass(frozen=True)
class UnitFacts:
    """A unit in scope, as a working of a coefficient needs it."""

    unit_id: str
    name: str
    pupils: int
    facts: Mapping[str, Fraction | None]


def dispersion_working(
    ruleset: RuleSet,
    indicator: Indicator,
    stage: Stage,
    units: Sequence[UnitFacts],
    *,
    county_code: str | None = None,
) -> DispersionWorking:
    """Return the working of one coefficient of variation over the units in scope of one stage."""
    used = [
        (u, a) for u in units if u.pupils > 0 and (a := _amount(indicator, u.facts)) is not None
    ]
    names_used = {u.unit_id for u, _ in used}
    amount = sum((a for _, a in used), Fraction(0))
    pupils = sum(u.pupils for u, _ in used)
    d = (
        exact.dispersion([exact.Share(a, u.pupils) for u, a in used], per=indicator.per)
        if used
        else None
    )
    limit = ruleset.dispersion.limits.get(stage) if ruleset.dispersion.method == "each" else None
    return DispersionWorking(
        indicator=indicator,
        stage=stage,
        county_code=county_code,
        shares=tuple(_share(indicator, u, a, d.mean, pupils) for u, a in used) if d else (),
        left_out=tuple(u.unit_id for u in units if u.unit_id not in names_used),
        amount=amount,
        pupils=pupils,
        mean=d.mean if d else None,
        variance=d.variance if d else None,
        sd=d.sd if d else None,
        cv_squared=d.cv_squared if d else None,
        cv=d.cv if d else None,
        limit=limit,
        status=_dispersion_status(d.cv_squared if d else None, limit),
        source=ruleset.dispersion.source,
        ruleset_id=ruleset.id,
        ruleset_version=ruleset.version,
    )


def _share(
    indicator: Indicator, unit: UnitFacts, amount: Fraction, mean: Fraction, pupils: int
) -> DispersionShare:
    value = amount * indicator.per / unit.pupils
    weight = Fraction(unit.pupils, pupils)
    difference = value - mean
    return DispersionShare(
        unit_id=unit.unit_id,
        name=unit.name,
        amount=amount,
        pupils=unit.pupils,
        value=value,
        weight=weight,
        difference=difference,
        contribution=weight * difference * difference,
    )


def _dispersion_status(cv_squared: Fraction | None, limit: Fraction | None) -> str:
    if cv_squared is None:
        return "not_computable"
    if limit is None:
        return "not_judged"
    return "within" if exact.is_within(cv_squared, limit) else "beyond"


# --- of an assessment ----------------------------------------------------------------------------


def of_unit(assessment: Assessment, unit_id: str, indicator_id: str) -> CellWorking:
    """Return the working of one cell of an assessment.

    Raises
    ------
    NotFound
        No such unit or indicator, or the unit is excluded from assessment.
    """
    unit = next((u for u in assessment.units if u.unit_id == unit_id), None)
    facts = assessment.facts_of(unit_id)
    if unit is None or facts is None:
        raise NotFound(say("No stage unit “{unit}” in this table.", unit=unit_id))
    if unit.verdict == "excluded":
        raise NotFound(say("Stage unit “{unit}” is excluded from assessment.", unit=unit_id))
    indicator = _indicator(assessment.ruleset, indicator_id)
    return cell_working(assessment.ruleset, indicator, unit.stage, pupils=unit.pupils, facts=facts)


def of_dispersion(
    assessment: Assessment, stage: Stage, indicator_id: str, *, county_code: str | None = None
) -> DispersionWorking:
    """Return the working of one coefficient of an assessment.

    Raises
    ------
    NotFound
        No such indicator, or no unit in scope of that stage and county.
    """
    indicator = _indicator(assessment.ruleset, indicator_id)
    chosen = [u for u in assessment.units if u.stage == stage and u.county_code == county_code]
    in_scope = [u for u in chosen if u.verdict != "excluded"]
    if not in_scope:
        raise NotFound(say("No stage unit in scope for this stage and county."))
    units = [_unit_facts(assessment, u) for u in in_scope]
    return dispersion_working(assessment.ruleset, indicator, stage, units, county_code=county_code)


def _indicator(ruleset: RuleSet, indicator_id: str) -> Indicator:
    try:
        return ruleset.indicator(indicator_id)
    except KeyError:
        known = ", ".join(i.id for i in ruleset.indicators)
        raise NotFound(
            say(
                "No indicator “{id}” in this rule set; it has {known}.",
                id=indicator_id,
                known=known,
            )
        ) from None


def _unit_facts(assessment: Assessment, unit: UnitResult) -> UnitFacts:
    return UnitFacts(
        unit.unit_id,
        unit.school_name or unit.unit_id,
        unit.pupils,
        assessment.facts_of(unit.unit_id) or {},
    )

"""What the published assessment of a school year says of part one, for those who build on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.balance import mappings, selectors
from junheng.apps.balance.kept import keep, open_kept
from junheng.apps.balance.models import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    KeptRuleSet,
    State,
)
from junheng.apps.foundation import scoping
from junheng.engine import standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.engine.standard import RuleSet


@dataclass(frozen=True)
class IndicatorCount:
    """One resource indicator: stage units by status of the cell, and its coefficients by stage."""

    indicator: str
    n_by_status: Mapping[str, int]
    coefficients: Mapping[str, AssessedDispersion]

    @property
    def n_units(self) -> int:
        """Stage units that are judged."""
        return sum(self.n_by_status.values())


@dataclass(frozen=True)
class Basis:
    """The assessment that counts for a school year, with its rules and resource indicators."""

    assessment: Assessment
    rules: RuleSet
    indicators: Sequence[IndicatorCount]


def newest_year(bureau_id: int) -> int | None:
    """Return the first year of the newest school year with a published judged assessment."""
    with scoping.everything(reason="which years are assessed"):
        found: int | None = (
            _judged(bureau_id)
            .values_list("school_year__starts_on__year", flat=True)
            .order_by("-school_year__starts_on")
            .first()
        )
    return found


def rules_of_year(bureau_id: int, first_year: int) -> RuleSet:
    """Return the rule set by which a school year counts; the default one while nothing does.

    For every reader: rules name nobody.
    """
    with scoping.everything(reason="rules of a school year"):
        newest = _of_year(bureau_id, first_year).select_related("ruleset").first()
        return open_kept(newest.ruleset) if newest else _default()


def basis_of_year(reader: Reader, bureau_id: int, first_year: int) -> Basis | None:
    """Return what counts for a school year; None when the reader sees no such assessment.

    Three queries, whatever the number of schools.
    """
    visible = selectors.assessments_visible_to(reader).exclude(
        ruleset__ruleset_id__startswith=mappings.PREFIX
    )
    newest = visible.filter(
        bureau=bureau_id, school_year__starts_on__year=first_year, state=State.PUBLISHED
    ).first()
    if newest is None:
        return None
    rules = open_kept(newest.ruleset)
    cells = AssessedUnit.objects.filter(assessment=newest).exclude(verdict="excluded")
    by_cell: dict[str, Counter[str]] = {one.id: Counter() for one in rules.indicators}
    for found in cells.values_list("cells", flat=True):
        for indicator, cell in found.items():
            by_cell[indicator][cell["status"]] += 1
    coefficients = selectors.dispersions_of([newest])[newest.pk]
    return Basis(
        newest,
        rules,
        [
            IndicatorCount(
                one.id,
                by_cell[one.id],
                {row.stage: row for row in coefficients if row.indicator == one.id},
            )
            for one in rules.indicators
        ],
    )


def rules_keep(rules: RuleSet) -> KeptRuleSet:
    """Return the kept bytes of a rule set, stored once for each digest."""
    kept: KeptRuleSet | None = KeptRuleSet.objects.filter(digest=rules.digest).first()
    return kept or keep(rules)


def facts_of_schools(
    bureau_id: int, first_year: int, school_ids: Iterable[int]
) -> dict[int, list[str]]:
    """Return the published facts of each school's units in a school year, as text in fixed order.

    Two queries, whatever the number of schools; every school asked for has its list.
    """
    found: dict[int, list[str]] = {school: [] for school in school_ids}
    with scoping.everything(reason="the figures of schools that they confirm"):
        newest = _of_year(bureau_id, first_year).first()
        units = AssessedUnit.objects.filter(assessment=newest, school__in=found)
        rows = units.order_by("unit_id").values_list("school", "unit_id", "pupils", "facts")
        for school, unit, pupils, facts in rows:
            found[school].append(f"{unit} {pupils} {sorted(facts.items())}")
    return found


def _default() -> RuleSet:
    return standard.load(standard.DEFAULT_RULESET_ID)


def _judged(bureau_id: int) -> QuerySet[Assessment]:
    return Assessment.objects.filter(bureau=bureau_id, state=State.PUBLISHED).exclude(
        ruleset__ruleset_id__startswith=mappings.PREFIX
    )


def _of_year(bureau_id: int, first_year: int) -> QuerySet[Assessment]:
    of_year = _judged(bureau_id).filter(school_year__starts_on__year=first_year)
    return of_year.order_by("-created_at", "-pk")

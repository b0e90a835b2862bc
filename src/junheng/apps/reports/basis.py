"""What papers are written from: a published assessment, read once, as its reader may see it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from junheng.apps.balance.api import (
    State,
    assessment_visible_to,
    dispersions_of,
    exact_cells,
    open_kept,
    quantiles_beside,
    school_history_visible_to,
    units_visible_to,
)
from junheng.apps.foundation import policies
from junheng.apps.registry.api import ClassYear, SchoolProfile
from junheng.errors import DataError, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.api import AssessedDispersion, AssessedUnit, Assessment
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.working import CellWorking

STAGES = ("primary", "junior")


@dataclass(frozen=True)
class Classes:
    """How many grades a stage of a school has, and how many classes."""

    n_grades: int
    n_classes: int


@dataclass(frozen=True)
class Basis:
    """An assessment with its units in the order of the table, primary parts first.

    `quantiles` name nobody: values of the district by assessment, stage and indicator. `sponsors`
    by school and `classes` by school and stage are what the registry holds of the year; for papers
    of one school they are not read.
    """

    assessment: Assessment
    units: tuple[AssessedUnit, ...]
    quantiles: Mapping[tuple[int, str, str], Sequence[float]]
    dispersions: tuple[AssessedDispersion, ...] = ()
    sponsors: Mapping[int, str] = field(default_factory=dict)
    classes: Mapping[tuple[int, str], Classes] = field(default_factory=dict)

    @cached_property
    def rules(self) -> RuleSet:
        return open_kept(self.assessment.ruleset)

    @cached_property
    def cells(self) -> Mapping[int, Mapping[str, CellWorking]]:
        """The figures of every unit in exact fractions, by the key of the unit."""
        return {unit.pk: exact_cells(unit, self.rules) for unit in self.units}

    @cached_property
    def in_scope(self) -> tuple[AssessedUnit, ...]:
        """The units that the standard judges."""
        return tuple(unit for unit in self.units if unit.verdict != "excluded")

    @cached_property
    def schools(self) -> Mapping[int, tuple[AssessedUnit, ...]]:
        """The units of each school, schools in the order of the table."""
        found: dict[int, list[AssessedUnit]] = {}
        for unit in sorted(self.units, key=lambda one: one.row_no):
            found.setdefault(unit.school_id, []).append(unit)
        return {school: tuple(in_order(units)) for school, units in found.items()}

    def of_stage(self, stage: str) -> tuple[AssessedUnit, ...]:
        """Return the judged units of a stage."""
        return tuple(unit for unit in self.in_scope if unit.stage == stage)


def in_order(units: Sequence[AssessedUnit]) -> list[AssessedUnit]:
    """Return units as the annual statistics list them: primary parts, then junior ones."""
    return sorted(units, key=lambda unit: (STAGES.index(unit.stage), unit.row_no))


def district_basis(reader: Reader, assessment_id: int) -> Basis:
    """Return what papers of the district are written from. A constant number of queries."""
    assessment = assessment_visible_to(reader, assessment_id)
    _require_judged(assessment)
    units = in_order(units_visible_to(reader, assessment))
    return Basis(
        assessment,
        tuple(units),
        quantiles_beside(units),
        tuple(dispersions_of([assessment])[assessment.pk]),
        *_registered(reader, assessment),
    )


def _registered(
    reader: Reader, assessment: Assessment
) -> tuple[dict[int, str], dict[tuple[int, str], Classes]]:
    """Return sponsors and classes of the year as the registry has them. Two queries."""
    of_year = {
        "bureau": assessment.bureau_id,
        "school_year": assessment.school_year.starts_on.year,
    }
    profiles = policies.visible(reader, SchoolProfile.objects.filter(**of_year))
    years = policies.visible(reader, ClassYear.objects.filter(**of_year))
    counted = years.values_list("school", "school_class__unit__stage").annotate(
        n_grades=Count("grade", distinct=True), n_classes=Count("pk")
    )
    return (
        dict(profiles.values_list("school", "sponsor_code")),
        {(school, stage): Classes(grades, n) for school, stage, grades, n in counted.order_by()},
    )


def school_basis(reader: Reader, assessment_id: int, school_id: int) -> Basis:
    """Return what papers of one school are written from, its own units alone."""
    every = school_history_visible_to(reader, school_id)
    units = in_order([unit for unit in every if unit.assessment_id == assessment_id])
    if not units:
        raise NotFound(say("There is no such school here, or it is not yours to see."))
    assessment = units[0].assessment
    _require_judged(assessment)
    return Basis(assessment, tuple(units), quantiles_beside(units))


def is_judged(assessment: Assessment) -> bool:
    """Whether papers can be made of an assessment: its rule set judges single schools."""
    return open_kept(assessment.ruleset).unit_rule.met_at_least is not None


def _require_judged(assessment: Assessment) -> None:
    if assessment.state != State.PUBLISHED:
        raise DataError(
            say("This assessment was withdrawn. Make papers from the one that counts now.")
        )
    if not is_judged(assessment):
        raise DataError(
            say(
                "The rule set {ruleset} judges no single schools, and so has no papers. Choose an "
                "assessment by a rule set of high-quality balance.",
                ruleset=assessment.ruleset.ruleset_id,
            )
        )


def data_digest(assessment: Assessment, units: Sequence[AssessedUnit]) -> str:
    """Return the SHA-256 of figures and of what they were measured by.

    Of the figures themselves, whatever keys the database gave them: the same data have the same
    digest in ten years and on another machine.
    """
    content: dict[str, Any] = {
        "bureau": assessment.bureau.code,
        "school_year": str(assessment.school_year),
        "statistics_date": assessment.statistics_date.isoformat(),
        "ruleset": assessment.ruleset.digest,
        "units": sorted(
            (
                [unit.school.identifier, unit.unit_id, unit.stage, unit.kind, unit.pupils]
                + [[name, figure] for name, figure in sorted(unit.facts.items())]
            )
            for unit in units
        ),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()

"""What other parts may use: assessments and their figures, giving a table, what is assessed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.balance.basis import (
    Basis,
    IndicatorCount,
    basis_of_year,
    facts_of_schools,
    newest_year,
    rules_keep,
    rules_of_year,
)
from junheng.apps.balance.exact_cells import exact_cells
from junheng.apps.balance.findings import n_open
from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.mappings import PREFIX
from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment, State
from junheng.apps.balance.nightly import nightly_due
from junheng.apps.balance.present.words import figure as decimals
from junheng.apps.balance.publishing import Source
from junheng.apps.balance.quality import findings_now
from junheng.apps.balance.redoing import cell_redone, coefficient_redone
from junheng.apps.balance.registry import Wanted, registry_assess, registry_items
from junheng.apps.balance.selectors import (
    assessment_visible_to,
    assessments_visible_to,
    dispersions_of,
    quantiles_beside,
    ruleset_of,
    school_history_visible_to,
    unit_visible_to,
    units_visible_to,
    units_with_assessment,
)
from junheng.apps.balance.services import upload_apply, upload_check, uploads_clean_up
from junheng.apps.balance.stored import notice_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from junheng.i18n import Renderable

__all__ = [
    "AssessedDispersion",
    "AssessedUnit",
    "Assessment",
    "Basis",
    "IndicatorCount",
    "Source",
    "State",
    "UnitTableCount",
    "Wanted",
    "assessment_visible_to",
    "assessments_visible_to",
    "basis_of_year",
    "cell_redone",
    "coefficient_redone",
    "decimals",
    "dispersions_of",
    "exact_cells",
    "facts_of_schools",
    "newest_year",
    "nightly_due",
    "notices_of",
    "open_findings",
    "open_kept",
    "pupils_by_school",
    "quantiles_beside",
    "registry_assess",
    "registry_items",
    "rules_keep",
    "rules_of_year",
    "ruleset_of",
    "school_history_visible_to",
    "unit_table_counted",
    "unit_visible_to",
    "units_visible_to",
    "units_with_assessment",
    "upload_apply",
    "upload_check",
    "uploads_clean_up",
    "years_assessed",
]

IDENTITY = ("unit_id", "school_id", "school_name", "stage", "kind", "pupils")
"""Columns of the unit table that are filled in every row that was accepted."""


@dataclass(frozen=True)
class UnitTableCount:
    """Rows of the unit table that counts for a school year, and filled cells by field id."""

    n_rows: int
    filled: Mapping[str, int]
    applied_at: datetime


def notices_of(assessment: Assessment) -> list[Renderable]:
    """Return what was noted when an assessment was made."""
    return [notice_from_json(one) for one in assessment.warnings]


def years_assessed(bureau_id: int) -> set[int]:
    """Return the first years of the school years with a published judged assessment."""
    return set(_judged(bureau_id).values_list("school_year__starts_on__year", flat=True))


def unit_table_counted(bureau_id: int, first_year: int) -> UnitTableCount | None:
    """Count the unit table of the newest judged assessment of a school year; None without one."""
    of_year = _judged(bureau_id).filter(school_year__starts_on__year=first_year)
    newest = of_year.order_by("-created_at", "-pk").first()
    if newest is None:
        return None
    facts = AssessedUnit.objects.filter(assessment=newest).values_list("facts", flat=True)
    filled = Counter(name for row in facts for name, value in row.items() if value is not None)
    n_rows = len(facts)
    return UnitTableCount(n_rows, dict.fromkeys(IDENTITY, n_rows) | filled, newest.created_at)


def open_findings(bureau_id: int, first_year: int) -> int | None:
    """Return how many figures of the unit table that counts wait for a decision; None without."""
    of_year = _judged(bureau_id).filter(school_year__starts_on__year=first_year)
    newest = of_year.select_related("ruleset").order_by("-created_at", "-pk").first()
    return None if newest is None else n_open(findings_now(newest))


def pupils_by_school(bureau_id: int, first_year: int) -> dict[int, int]:
    """Return the pupils of each school by the newest unit table of a school year.

    Within the scope in force: a school's own people find their school alone.
    """
    rows = AssessedUnit.objects.filter(
        assessment__bureau=bureau_id,
        assessment__state=State.PUBLISHED,
        assessment__school_year__starts_on__year=first_year,
    ).exclude(assessment__ruleset__ruleset_id__startswith=PREFIX)
    found: dict[int, Counter[int]] = {}
    for assessment, school, pupils in rows.values_list("assessment", "school", "pupils"):
        found.setdefault(assessment, Counter())[school] += pupils
    return dict(found[max(found)]) if found else {}


def _judged(bureau_id: int) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(bureau=bureau_id, state=State.PUBLISHED)
    return rows.exclude(ruleset__ruleset_id__startswith=PREFIX)

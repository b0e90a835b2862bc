"""Reads of assessments, units and coefficients, each for a reader.

Lists are read in a constant number of queries, whatever the number of schools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.balance import kept, mappings
from junheng.apps.balance.models import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    KeptRuleSet,
    State,
    Upload,
)
from junheng.apps.foundation import policies, scoping
from junheng.engine.standard import rulebook
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.engine.standard import RuleSet


def assessments_visible_to(reader: Reader) -> QuerySet[Assessment]:
    """Return the assessments the reader may see, newest year and table first."""
    rows = Assessment.objects.select_related("bureau", "school_year", "ruleset")
    newest_first = rows.order_by("-school_year__starts_on", "-created_at", "-pk")
    return policies.visible(reader, newest_first).defer("ruleset__files", "findings")


def assessment_visible_to(reader: Reader, assessment_id: int) -> Assessment:
    """Return one assessment; NotFound for one that is not there or not the reader's to see."""
    found = assessments_visible_to(reader).filter(pk=assessment_id).first()
    if found is None:
        raise NotFound(say("There is no such assessment, or it is not yours to see."))
    return found


def latest_visible_to(reader: Reader) -> Assessment | None:
    """Return the assessment that counts now: the last judged table of the last school year."""
    judged = assessments_visible_to(reader).exclude(ruleset__ruleset_id__startswith=mappings.PREFIX)
    return judged.filter(state=State.PUBLISHED).first()


def years_of(reader: Reader, assessment: Assessment) -> list[Assessment]:
    """Return what counts for each school year by the same rule set, oldest year first.

    The assessment itself stands for its own year, also where a newer table exists.
    """
    same = assessments_visible_to(reader).filter(
        bureau=assessment.bureau_id,
        state=State.PUBLISHED,
        ruleset__ruleset_id=assessment.ruleset.ruleset_id,
    )
    by_year = {assessment.school_year_id: assessment}
    for one in same:
        by_year.setdefault(one.school_year_id, one)
    return sorted(by_year.values(), key=lambda one: one.school_year.starts_on)


def units_visible_to(reader: Reader, assessment: Assessment) -> list[AssessedUnit]:
    """Return the units of an assessment with their schools, in the order of the table."""
    rows = AssessedUnit.objects.filter(assessment=assessment).select_related("school")
    return list(policies.visible(reader, rows.order_by("row_no")))


def units_with_assessment(
    reader: Reader, assessment_id: int
) -> tuple[Assessment, list[AssessedUnit]]:
    """Return an assessment with those of its units that the reader may see, in their order.

    NotFound where there is none of them: a school finds its own in the bureau's assessment.
    """
    rows = AssessedUnit.objects.filter(assessment=assessment_id).select_related(*_WITH_ASSESSMENT)
    found = list(policies.visible(reader, rows.order_by("row_no")))
    if not found:
        raise NotFound(say("There is no such assessment, or it is not yours to see."))
    return found[0].assessment, found


def unit_visible_to(reader: Reader, assessment_id: int, unit_key: int) -> AssessedUnit:
    """Return one unit with its assessment; NotFound when it is not the reader's to see."""
    rows = AssessedUnit.objects.select_related(*_WITH_ASSESSMENT)
    found: AssessedUnit | None = (
        policies.visible(reader, rows).filter(assessment=assessment_id, pk=unit_key).first()
    )
    if found is None:
        raise NotFound(say("There is no such stage unit, or it is not yours to see."))
    return found


_WITH_ASSESSMENT = (
    "school",
    "assessment__bureau",
    "assessment__school_year",
    "assessment__ruleset",
)


def school_history_visible_to(reader: Reader, school_id: int) -> list[AssessedUnit]:
    """Return every unit of a school in published assessments, newest year and table first."""
    rows = AssessedUnit.objects.filter(school=school_id).select_related(*_WITH_ASSESSMENT)
    newest = ("-assessment__school_year__starts_on", "-assessment__created_at", "row_no")
    return list(
        policies.visible(reader, rows)
        .order_by(*newest)
        .defer("assessment__ruleset__files", "assessment__findings")
    )


def dispersions_of(assessments: Iterable[Assessment]) -> Mapping[int, list[AssessedDispersion]]:
    """Return the coefficients of assessments by assessment, in their order, in one query."""
    found: dict[int, list[AssessedDispersion]] = {one.pk: [] for one in assessments}
    for row in AssessedDispersion.objects.filter(assessment__in=found).order_by("position"):
        found[row.assessment_id].append(row)
    return found


def quantiles_beside(units: Sequence[AssessedUnit]) -> Mapping[tuple[int, str, str], list[float]]:
    """Return the district's quantiles by assessment, stage and indicator, beside units once read.

    They name nobody, and stand open to everyone who may see one of the units they describe.
    """
    with scoping.everything(reason="anonymous quantiles beside a school's own figures"):
        rows = AssessedDispersion.objects.filter(
            assessment__in={unit.assessment_id for unit in units}, quantiles__isnull=False
        )
        found = rows.values_list("assessment", "stage", "indicator", "quantiles")
        return {(a, stage, indicator): values or [] for a, stage, indicator, values in found}


def upload_visible_to(reader: Reader, upload_id: UUID) -> Upload:
    """Return one upload; NotFound for one that is not there or not the reader's to see."""
    rows = Upload.objects.select_related("bureau", "school_year", "uploaded_by", "assessment")
    found: Upload | None = policies.visible(reader, rows).filter(pk=upload_id).first()
    if found is None:
        raise NotFound(say("There is no such upload, or it is not yours to see."))
    return found


def ruleset_of(ruleset_id: str, version: str) -> RuleSet:
    """Return a rule set in one version: shipped, or kept from an assessment made by it."""
    shipped = (rulebook.load(ref.id, ref.version) for ref in rulebook.available())
    for rules in shipped:
        if (rules.id, rules.version) == (ruleset_id, version):
            return rules
    row = KeptRuleSet.objects.filter(ruleset_id=ruleset_id, version=version).order_by("-pk").first()
    if row is None:
        raise NotFound(
            say(
                "There is no rule set “{id}” in version “{version}”.",
                id=ruleset_id,
                version=version,
            )
        )
    return kept.open_kept(row)

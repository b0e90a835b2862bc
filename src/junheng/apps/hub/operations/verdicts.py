"""Published verdicts: assessments, units with their cells, coefficients, workings."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance.api import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    assessment_visible_to,
    assessments_visible_to,
    cell_redone,
    coefficient_redone,
    dispersions_of,
    notices_of,
    open_kept,
    unit_visible_to,
    units_with_assessment,
)
from junheng.apps.hub import shapes
from junheng.apps.hub.framework import operation
from junheng.apps.hub.parameters import AssessmentId, IndicatorId, StageId, UnitKey
from junheng.engine.standard import working_json
from junheng.engine.standard.results import stage_of
from junheng.engine.standard.ruleset import RuleSet
from junheng.errors import NotFound
from junheng.i18n import N_, say

router = Router(tags=[N_("Verdicts")])

COUNTS = (
    "n_schools",
    "n_units",
    "n_pass",
    "n_fail",
    "n_undetermined",
    "n_excluded",
    "n_beyond",
    "n_not_computable",
    "n_incomplete",
)


@operation(
    router,
    "GET",
    "assessments",
    name="assessments",
    says=N_("List the assessments in reach, newest school year first"),
    shape=shapes.Assessments,
)
def assessments(request: HttpRequest) -> shapes.Assessments:
    found = assessments_visible_to(reader_of(request))
    return shapes.Assessments(assessments=[shapes.AssessmentLine(**_line(one)) for one in found])


@operation(
    router,
    "GET",
    "assessments/{assessment_id}",
    name="assessment",
    says=N_("Read an assessment: the verdict of the county, its counts and its source"),
    shape=shapes.AssessmentWhole,
    refusals=(404, 422),
)
def assessment(request: HttpRequest, assessment_id: AssessmentId) -> shapes.AssessmentWhole:
    found = assessment_visible_to(reader_of(request), assessment_id)
    return shapes.AssessmentWhole(
        **_line(found),
        source_name=found.source_name,
        source_sha256=found.source_sha256,
        definition_sha256=found.definition_sha256,
        engine_version=found.engine_version,
        warnings=[notice.render(gettext) for notice in notices_of(found)],
    )


@operation(
    router,
    "GET",
    "assessments/{assessment_id}/units",
    name="units",
    says=N_("List the units of an assessment with every cell; a school finds its own"),
    shape=shapes.Units,
    refusals=(404, 422),
)
def units(request: HttpRequest, assessment_id: AssessmentId) -> shapes.Units:
    found, rows = units_with_assessment(reader_of(request), assessment_id)
    rules = open_kept(found.ruleset)
    county = found.bureau.code
    return shapes.Units(
        ruleset=_ref(rules), units=[_unit(row, rules, county_code=county) for row in rows]
    )


@operation(
    router,
    "GET",
    "assessments/{assessment_id}/dispersion",
    name="dispersion",
    says=N_("List the coefficients of variation of an assessment"),
    shape=shapes.Dispersions,
    refusals=(404, 422),
)
def dispersion(request: HttpRequest, assessment_id: AssessmentId) -> shapes.Dispersions:
    found = assessment_visible_to(reader_of(request), assessment_id)
    rows = dispersions_of([found])[found.pk]
    return shapes.Dispersions(
        ruleset=_ref(open_kept(found.ruleset)),
        dispersion=[_dispersion(row, county_code=found.bureau.code) for row in rows],
    )


@operation(
    router,
    "GET",
    "assessments/{assessment_id}/units/{unit_key}/cells/{indicator}/working",
    name="cell_working",
    says=N_("Read the working of one figure of a unit, redone from the stored facts"),
    shape=shapes.CellWorking,
    refusals=(404, 422),
)
def cell_working(
    request: HttpRequest, assessment_id: AssessmentId, unit_key: UnitKey, indicator: IndicatorId
) -> dict[str, object]:
    unit = unit_visible_to(reader_of(request), assessment_id, unit_key)
    return working_json.cell(cell_redone(unit, indicator))


@operation(
    router,
    "GET",
    "assessments/{assessment_id}/dispersion/{stage}/{indicator}/working",
    name="dispersion_working",
    says=N_("Read the working of a coefficient with every unit behind it"),
    shape=shapes.DispersionWorking,
    refusals=(404, 422),
)
def dispersion_working(
    request: HttpRequest, assessment_id: AssessmentId, stage: StageId, indicator: IndicatorId
) -> dict[str, object]:
    reader = reader_of(request)
    found = assessment_visible_to(reader, assessment_id)
    rows = dispersions_of([found])[found.pk]
    row = next((r for r in rows if (r.stage, r.indicator) == (stage, indicator)), None)
    if row is None:
        raise NotFound(say("There is no such coefficient here."))
    _, behind = units_with_assessment(reader, assessment_id)
    return working_json.coefficient(coefficient_redone(row, found, behind))


def _line(one: Assessment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "county_code": one.bureau.code,
        "first_year": one.school_year.starts_on.year,
        "statistics_date": one.statistics_date,
        "ruleset": {"id": one.ruleset.ruleset_id, "version": one.ruleset.version},
        "state": one.state,
        "resource_allocation": one.verdict,
        "created_at": one.created_at,
        **{name: getattr(one, name) for name in COUNTS},
    }


def _ref(rules: RuleSet) -> shapes.RuleSetRef:
    return shapes.RuleSetRef(id=rules.id, version=rules.version)


def _unit(row: AssessedUnit, rules: RuleSet, *, county_code: str) -> shapes.Unit:
    stage = stage_of(row.stage)
    return shapes.Unit(
        unit_key=row.pk,
        unit_id=row.unit_id,
        school_id=row.school.identifier,
        school_name=row.school_name,
        county_code=county_code,
        stage=stage,
        kind=row.kind,
        pupils=row.pupils,
        verdict=row.verdict,
        n_met=row.n_met,
        cells={i: _cell(cell, i, stage, rules) for i, cell in row.cells.items()},
    )


def _cell(cell: dict[str, Any], indicator: str, stage: shapes.Stage, rules: RuleSet) -> shapes.Cell:
    threshold = rules.indicator(indicator).thresholds.get(stage)
    return shapes.Cell(
        **cell,
        threshold=None if threshold is None else float(threshold),
        floor=None if threshold is None else float(threshold * rules.unit_rule.floor_share),
    )


def _dispersion(row: AssessedDispersion, *, county_code: str) -> shapes.Dispersion:
    return shapes.Dispersion(
        county_code=county_code,
        stage=stage_of(row.stage),
        indicator=row.indicator,
        mean=row.mean,
        sd=row.sd,
        cv=row.cv,
        limit=row.limit,
        status=row.status,
        n_units=row.n_units,
        left_out=[shapes.LeftOut(**one) for one in row.left_out],
    )

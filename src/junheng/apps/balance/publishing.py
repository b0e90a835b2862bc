"""Writes: publishing and withdrawing assessments."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction

from junheng import __version__
from junheng.apps.balance import kept, mappings
from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment, State
from junheng.apps.balance.schools import school_rows
from junheng.apps.balance.stored import decimal_text, notice_to_json
from junheng.apps.catalogue.api import Figure, SourceKind, values_record
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.api import school_sync
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from junheng.apps.balance.measuring import Measured, MeasuredDispersion
    from junheng.apps.registry.api import Bureau, SchoolYear

BATCH = 500


@dataclass(frozen=True)
class Source:
    """The file behind an assessment: its name, its bytes, and the id of who gave it."""

    name: str
    content: bytes
    by: int

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    def origin(self, measured: Measured) -> Origin:
        """Return what an assessment of this file came from."""
        if measured.read_from:
            what, kind = "annual statistics", SourceKind.ANNUAL_STATISTICS
        else:
            what, kind = "unit table", SourceKind.UNIT_TABLE
        return Origin(self.name, self.digest, self.by, what, kind)


@dataclass(frozen=True)
class Origin:
    """What an assessment came from: its name and digest, the id of who gave it.

    `what` stands in the journal as the reason of changed schools; `kind` is that of the source
    under which the figures are kept beside others.
    """

    name: str
    digest: str
    by: int
    what: str
    kind: SourceKind


@transaction.atomic
def assessment_publish(
    *,
    bureau: Bureau,
    school_year: SchoolYear,
    statistics_date: date,
    measured: Measured,
    origin: Origin,
) -> Assessment:
    """Store a measured table as the bureau's assessment of the year, beside any older one.

    Schools of the table that are not in the registry are made. Constant number of queries (bulk
    writes in parts of 500), whatever the number of units.
    """
    batch = uuid4()
    schools = school_sync(
        bureau_id=bureau.pk,
        rows=school_rows(bureau.pk, measured.units),
        by=origin.by,
        why=origin.what,
        batch=batch,
    ).schools
    assessment = Assessment.objects.create(
        bureau=bureau,
        school_year=school_year,
        statistics_date=statistics_date,
        source_name=origin.name[-255:],
        source_sha256=origin.digest,
        uploaded_by_id=origin.by,
        **_header(measured),
    )
    AssessedUnit.objects.bulk_create(_units(assessment, measured, schools), batch_size=BATCH)
    AssessedDispersion.objects.bulk_create(
        [_dispersion(assessment, at, row) for at, row in enumerate(measured.dispersions)],
        batch_size=BATCH,
    )
    _record_source(assessment, measured, origin.kind)
    made = Changed(assessment, None, journal.fields_of(assessment))
    journal.record([made], by=origin.by, why="published", batch=batch)
    return assessment


def _record_source(assessment: Assessment, measured: Measured, kind: SourceKind) -> None:
    """Keep the figures of a judged table as what this kind of source says of the year."""
    if mappings.is_mapping(measured.ruleset.id):
        return
    values_record(
        bureau_id=assessment.bureau_id,
        first_year=assessment.school_year.starts_on.year,
        kind=kind,
        name="",
        figures=[
            Figure(unit.unit_id, unit.school_name, field, decimal_text(value))
            for unit in measured.units
            for field, value in {"pupils": str(unit.pupils), **unit.facts}.items()
            if value is not None
        ],
        by=assessment.uploaded_by_id,
        now=assessment.created_at,
        origin=f"assessment:{assessment.pk}",
    )


@transaction.atomic
def assessment_withdraw(*, assessment: Assessment, by: int, why: str, now: datetime) -> None:
    """Take back an assessment, with a reason; the one before it counts again. It stays readable."""
    reason = why.strip()
    if not reason:
        raise DataError(say("Please say why the assessment is withdrawn."))
    if assessment.state == State.WITHDRAWN:
        raise NotAllowed(say("This assessment was withdrawn already."))
    new = {
        "state": State.WITHDRAWN.value,
        "withdrawn_by": by,
        "withdrawn_at": now,
        "withdrawn_why": reason[:200],
    }
    before = journal.fields_of(assessment)
    old, changed = journal.difference(before, new)
    assessment.state = State.WITHDRAWN
    assessment.withdrawn_by_id = by
    assessment.withdrawn_at = now
    assessment.withdrawn_why = reason[:200]
    assessment.save(update_fields=list(new))
    journal.record([Changed(assessment, old, changed)], by=by, why="withdrawn")


def _header(measured: Measured) -> dict[str, Any]:
    county = measured.county
    counts = ("pass", "fail", "undetermined", "excluded", "beyond", "not_computable", "incomplete")
    return {
        "ruleset": kept.keep(measured.ruleset),
        "definition_sha256": measured.definition_sha256,
        "findings": list(measured.findings),
        "engine_version": __version__,
        "warnings": [notice_to_json(warning) for warning in measured.warnings],
        "verdict": county.resource_allocation,
        "n_schools": len({unit.school_identifier for unit in measured.units}),
        "n_units": county.n_units,
        **{f"n_{name}": getattr(county, f"n_{name}") for name in counts},
    }


def _units(
    assessment: Assessment, measured: Measured, schools: Mapping[str, int]
) -> list[AssessedUnit]:
    return [
        AssessedUnit(
            assessment=assessment,
            row_no=unit.row_no,
            unit_id=unit.unit_id,
            school_id=schools[unit.school_identifier],
            school_name=unit.school_name,
            stage=unit.stage,
            kind=unit.kind,
            pupils=unit.pupils,
            facts=dict(unit.facts),
            verdict=unit.verdict,
            n_met=unit.n_met,
            cells=dict(unit.cells),
        )
        for unit in measured.units
    ]


def _dispersion(
    assessment: Assessment, position: int, row: MeasuredDispersion
) -> AssessedDispersion:
    result = row.result
    return AssessedDispersion(
        assessment=assessment,
        position=position,
        stage=result.stage,
        indicator=result.indicator,
        mean=result.mean,
        sd=result.sd,
        cv=result.cv,
        limit=result.limit,
        status=result.status,
        n_units=result.n_units,
        left_out=[{"unit_id": unit.unit_id, "reason": unit.reason} for unit in result.left_out],
        quantiles=row.quantiles,
    )

"""Writes: checking and applying uploads, publishing and withdrawing assessments."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from junheng import __version__
from junheng.apps.balance import kept, mappings, preview
from junheng.apps.balance.measuring import measure
from junheng.apps.balance.models import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    State,
    Upload,
    UploadState,
)
from junheng.apps.balance.stored import fault_to_json, notice_to_json
from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.jobs.api import enqueue
from junheng.apps.registry.api import School, SchoolKind, SchoolRow, Stage, school_sync
from junheng.errors import DataError, Fault, NotAllowed, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from django_tasks.base import Task

    from junheng.apps.balance.measuring import Measured, MeasuredDispersion, MeasuredUnit
    from junheng.apps.registry.api import Bureau, SchoolYear

KEPT_FOR = timedelta(days=7)
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


# --- uploads --------------------------------------------------------------------------------------


def upload_check(
    *,
    bureau: Bureau,
    school_year: SchoolYear,
    statistics_date: date,
    ruleset_ref: str,
    source: Source,
) -> Upload:
    """Read and measure a table without applying it; keep what was found, or all its faults.

    Older uploads that nobody applied are cleared away on the occasion.

    `ruleset_ref` is id@version, or mapping:id for a foreign table. A faulty table is kept without
    its bytes: nothing can be done with them but to send a better one.
    """
    uploads_clean_up(now=clock.now())
    ruleset_id, _, version = ruleset_ref.partition("@")
    ruleset = mappings.load(ruleset_id, version)
    upload = Upload(
        bureau=bureau,
        uploaded_by_id=source.by,
        school_year=school_year,
        statistics_date=statistics_date,
        ruleset_id=ruleset.id,
        ruleset_version=ruleset.version,
        file_name=source.name[-255:],
        file_sha256=source.digest,
        n_bytes=len(source.content),
    )
    try:
        measured = _measured(upload, source.content)
    except TableFaults as error:
        upload.state = UploadState.FAULTY
        upload.faults = [fault_to_json(fault) for fault in error.faults]
        upload.n_faults = error.n_faults
    else:
        upload.state = UploadState.CHECKED
        upload.content = base64.b64encode(source.content).decode()
        upload.preview = preview.preview_of(measured, latest_of(upload))
    upload.save()
    return upload


def check_size(*, name: str, n_bytes: int) -> None:
    """Refuse a file above the limit before it is read; TableFaults says so."""
    if n_bytes > settings.UPLOAD_LIMIT_MB * 1024 * 1024:
        found = say("is larger than {limit} MB.", limit=settings.UPLOAD_LIMIT_MB)
        remedy = say("A district's unit table is far smaller: send the table alone.")
        raise TableFaults([Fault(found, remedy, source=name)])


def latest_of(upload: Upload) -> Assessment | None:
    """Return what a new table is compared with: the last one published by the same rule set."""
    published = Assessment.objects.filter(
        bureau=upload.bureau_id,
        state=State.PUBLISHED,
        ruleset__ruleset_id=upload.ruleset_id,
    )
    before = published.filter(school_year__starts_on__lte=upload.school_year.starts_on)
    return before.order_by("-school_year__starts_on", "-created_at", "-pk").first()


@transaction.atomic
def upload_enqueue(*, upload: Upload, task: Task[Any, Any], by: int) -> None:
    """Put the applying of a checked upload into the queue; again after it failed there."""
    if upload.state != UploadState.CHECKED:
        raise DataError(say("Only a table that was checked without faults can be applied."))
    key = f"balance.apply:{upload.pk}:{upload.job_id}"
    job = enqueue(task, by=by, key=key, upload_id=str(upload.pk), user_id=by)
    upload.job_id = job.pk
    upload.save(update_fields=["job_id"])


def upload_discard(*, upload: Upload) -> None:
    """Drop a checked or faulty upload; an applied one stays what it is."""
    if upload.state == UploadState.APPLIED or upload.job_id is not None:
        raise DataError(say("This table has been applied already."))
    upload.state = UploadState.DISCARDED
    upload.content = ""
    upload.save(update_fields=["state", "content"])


@transaction.atomic
def upload_apply(*, upload_id: str, by: int) -> Assessment:
    """Publish the assessment of a checked upload; a second call returns the same one."""
    upload = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("bureau", "school_year")
        .get(pk=upload_id)
    )
    if upload.assessment_id is not None:
        return Assessment.objects.get(pk=upload.assessment_id)
    if upload.state != UploadState.CHECKED:
        raise DataError(say("Only a table that was checked without faults can be applied."))
    source = Source(upload.file_name, base64.b64decode(upload.content), by)
    assessment = assessment_publish(
        bureau=upload.bureau,
        school_year=upload.school_year,
        statistics_date=upload.statistics_date,
        measured=_measured(upload, source.content),
        source=source,
    )
    upload.state, upload.assessment, upload.content = UploadState.APPLIED, assessment, ""
    upload.save(update_fields=["state", "assessment", "content"])
    return assessment


def uploads_clean_up(*, now: datetime) -> int:
    """Remove uploads older than seven days that were never applied; return how many."""
    stale = Upload.objects.filter(created_at__lt=now - KEPT_FOR, assessment__isnull=True)
    n_uploads, _by_model = stale.delete()
    return n_uploads


def _measured(upload: Upload, content: bytes) -> Measured:
    ruleset = mappings.load(upload.ruleset_id, upload.ruleset_version)
    code = upload.bureau.code
    check_size(name=upload.file_name, n_bytes=len(content))
    return measure(content, name=upload.file_name, ruleset=ruleset, county_code=code)


# --- assessments ----------------------------------------------------------------------------------


@transaction.atomic
def assessment_publish(
    *,
    bureau: Bureau,
    school_year: SchoolYear,
    statistics_date: date,
    measured: Measured,
    source: Source,
) -> Assessment:
    """Store a measured table as the bureau's assessment of the year, beside any older one.

    Schools of the table that are not in the registry are made. Constant number of queries (bulk
    writes in parts of 500), whatever the number of units.
    """
    batch = uuid4()
    schools = school_sync(
        bureau_id=bureau.pk,
        rows=_school_rows(bureau.pk, measured.units),
        by=source.by,
        why="unit table",
        batch=batch,
    ).schools
    assessment = Assessment.objects.create(
        bureau=bureau,
        school_year=school_year,
        statistics_date=statistics_date,
        source_name=source.name[-255:],
        source_sha256=source.digest,
        uploaded_by_id=source.by,
        **_header(measured),
    )
    AssessedUnit.objects.bulk_create(_units(assessment, measured, schools), batch_size=BATCH)
    AssessedDispersion.objects.bulk_create(
        [_dispersion(assessment, at, row) for at, row in enumerate(measured.dispersions)],
        batch_size=BATCH,
    )
    made = Changed(assessment, None, journal.fields_of(assessment))
    journal.record([made], by=source.by, why="published", batch=batch)
    return assessment


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


# --- schools of a table ---------------------------------------------------------------------------


def _school_rows(bureau_id: int, units: Sequence[MeasuredUnit]) -> list[SchoolRow]:
    """Return the schools that a table names; what the registry knows of their kind stays."""
    known = dict(School.objects.filter(bureau=bureau_id).values_list("identifier", "kind"))
    by_school: dict[str, list[MeasuredUnit]] = {}
    for unit in units:
        by_school.setdefault(unit.school_identifier, []).append(unit)
    return [
        SchoolRow(
            identifier=identifier,
            name_zh=parts[0].school_name,
            kind=SchoolKind(known.get(identifier) or kind_of(parts)),
            stages=tuple(Stage(unit.stage) for unit in parts),
        )
        for identifier, parts in by_school.items()
    ]


def kind_of(parts: Sequence[MeasuredUnit]) -> SchoolKind:
    """Return the kind of school that the units of a table let one suppose."""
    by_unit_kind = {
        "special": SchoolKind.SPECIAL,
        "vocational": SchoolKind.VOCATIONAL,
        "teaching_point": SchoolKind.TEACHING_POINT,
    }
    if parts[0].kind in by_unit_kind:
        return by_unit_kind[parts[0].kind]
    stages = {unit.stage for unit in parts}
    if len(stages) > 1:
        return SchoolKind.NINE_YEAR
    return SchoolKind.PRIMARY if stages == {"primary"} else SchoolKind.JUNIOR

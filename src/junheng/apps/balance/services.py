"""Writes: checking tables, deciding about their figures, applying them."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from junheng.apps.balance import mappings, preview
from junheng.apps.balance.findings import decisions_in
from junheng.apps.balance.measuring import measure
from junheng.apps.balance.models import (
    Assessment,
    State,
    Upload,
    UploadState,
)
from junheng.apps.balance.publishing import Source, assessment_publish
from junheng.apps.balance.quality import (
    decisions_for,
    finding_decide,
    table_of_the_year_before,
)
from junheng.apps.balance.stored import fault_to_json
from junheng.apps.foundation import clock
from junheng.apps.jobs.api import enqueue
from junheng.errors import DataError, Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django_tasks.base import Task

    from junheng.apps.balance.findings import Stored
    from junheng.apps.balance.measuring import Measured
    from junheng.apps.registry.api import Bureau, SchoolYear

KEPT_FOR = timedelta(days=7)


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
        decisions = decisions_for(upload.bureau_id, upload.school_year_id, upload.ruleset_id)
        measured = _measured(upload, source.content, decisions)
    except TableFaults as error:
        upload.state = UploadState.FAULTY
        upload.faults = [fault_to_json(fault) for fault in error.faults]
        upload.n_faults = error.n_faults
    else:
        upload.state = UploadState.CHECKED
        upload.content = base64.b64encode(source.content).decode()
        upload.preview = preview.preview_of(measured, latest_of(upload))
        upload.findings = list(measured.findings)
    upload.save()
    return upload


def upload_recheck(*, upload: Upload) -> None:
    """Measure a checked upload again with the decisions of today; the file stays as it was.

    Raises
    ------
    TableFaults
        The table with its corrections breaks a check of the contract.
    """
    if upload.state != UploadState.CHECKED or upload.job_id is not None:
        raise DataError(say("Only a table that was checked and not yet applied can be corrected."))
    decisions = decisions_for(upload.bureau_id, upload.school_year_id, upload.ruleset_id)
    measured = _measured(upload, base64.b64decode(upload.content), decisions)
    upload.preview = preview.preview_of(measured, latest_of(upload))
    upload.findings = list(measured.findings)
    upload.save(update_fields=["preview", "findings"])


@transaction.atomic
def upload_decide(
    *, upload: Upload, key: str, kind: str, value: str, reason: str, by: int, now: datetime
) -> None:
    """Decide about a finding of a checked upload and measure it again: both or neither.

    Raises
    ------
    DataError
        The decision is refused, or the corrected table would break a check of the contract.
    """
    finding_decide(about=upload, key=key, kind=kind, value=value, reason=reason, by=by, now=now)
    upload_recheck(upload=upload)


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
    measured = _measured(upload, source.content, decisions_in(upload.findings))
    assessment = assessment_publish(
        bureau=upload.bureau,
        school_year=upload.school_year,
        statistics_date=upload.statistics_date,
        measured=measured,
        origin=source.origin(measured),
    )
    upload.state, upload.assessment, upload.content = UploadState.APPLIED, assessment, ""
    upload.save(update_fields=["state", "assessment", "content"])
    return assessment


def uploads_clean_up(*, now: datetime) -> int:
    """Remove uploads older than seven days that were never applied; return how many."""
    stale = Upload.objects.filter(created_at__lt=now - KEPT_FOR, assessment__isnull=True)
    n_uploads, _by_model = stale.delete()
    return n_uploads


def _measured(upload: Upload, content: bytes, decisions: Iterable[Stored]) -> Measured:
    check_size(name=upload.file_name, n_bytes=len(content))
    return measure(
        content,
        name=upload.file_name,
        ruleset=mappings.load(upload.ruleset_id, upload.ruleset_version),
        county_code=upload.bureau.code,
        day=upload.statistics_date,
        decisions=decisions,
        last_year=table_of_the_year_before(upload.bureau_id, upload.school_year, upload.ruleset_id),
    )

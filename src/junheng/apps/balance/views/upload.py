"""The way of a unit table: template, filling in, check, apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance import mappings, selectors, services, template_file
from junheng.apps.balance.forms import ENDINGS, UploadForm
from junheng.apps.balance.policies import APPLY, upload_bureaus
from junheng.apps.balance.present.findings import FindingFilter, FindingsShown
from junheng.apps.balance.present.upload import UploadShown, steps
from junheng.apps.balance.publishing import Source
from junheng.apps.balance.tasks import apply_upload
from junheng.apps.foundation import clock, policies
from junheng.apps.foundation.shown import language
from junheng.apps.jobs.api import job_visible_to
from junheng.apps.jobs.views import shown as job_shown
from junheng.apps.registry.api import bureaus_visible_to, school_year_ensure
from junheng.engine.standard import rulebook
from junheng.errors import NotAllowed, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.models import Upload
    from junheng.apps.jobs.views import JobShown


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Offer the template and take the filled table; a table taken is checked at once."""
    reader = reader_of(request)
    bureaus = bureaus_visible_to(reader).filter(pk__in=upload_bureaus(reader))
    if not bureaus:
        raise NotAllowed(say("Unit tables are uploaded by the supervision office of the bureau."))
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        bureaus=bureaus,
        day=clock.today(),
        language=language(),
    )
    if form.is_valid():
        try:
            upload = _check(reader, form)
        except TableFaults as error:
            form.add_error("file", error.render(gettext))
        else:
            return redirect("balance:upload_show", upload.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "steps": steps(0), "endings": ENDINGS}
    return render(request, "balance/upload.html", context, status=status)


def _check(reader: Reader, form: UploadForm) -> Upload:
    file = form.cleaned_data["file"]
    services.check_size(name=file.name, n_bytes=file.size)
    bureau = bureaus_visible_to(reader).get(pk=form.cleaned_data["bureau"])
    return services.upload_check(
        bureau=bureau,
        school_year=school_year_ensure(first_year=form.cleaned_data["school_year"]),
        statistics_date=form.cleaned_data["statistics_date"],
        ruleset_ref=form.cleaned_data["ruleset"],
        source=Source(file.name, file.read(), reader.user_id),
    )


@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """Send the empty unit table, as a workbook or as CSV."""
    if kind not in template_file.MEDIA_TYPES:
        raise Http404
    rules = rulebook.load(rulebook.DEFAULT_RULESET_ID)
    content = template_file.template(rules, kind, gettext)
    response = HttpResponse(content, content_type=template_file.MEDIA_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="junheng-unit-table.{kind}"'
    return response


@require_safe
def show(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show what was read, or every fault; while it is applied, how far; then what changed."""
    reader = reader_of(request)
    upload = selectors.upload_visible_to(reader, upload_id)
    page = request.GET.get("page", "1")
    shown = UploadShown(
        upload,
        kind=request.GET.get("kind", ""),
        page=int(page) if page.isdecimal() else 1,
    )
    job = _job(reader, upload)
    is_free = not job.is_running if job else upload.job_id is None
    can_apply = shown.is_checked and is_free and policies.can(reader, APPLY, upload)
    context = {
        "shown": shown,
        "findings": _findings(request, upload) if shown.is_checked else None,
        "decide_url": reverse("balance:finding_decide", args=[upload.pk]),
        "job": job,
        "can_apply": can_apply,
        "scope": {"label": upload.bureau.name},
    }
    return render(request, "balance/upload_show.html", context)


def _findings(request: HttpRequest, upload: Upload) -> FindingsShown:
    rules = mappings.load(upload.ruleset_id, upload.ruleset_version)
    return FindingsShown(upload.findings, rules, FindingFilter.chosen(request.GET.dict()))


def _job(reader: Reader, upload: Upload) -> JobShown | None:
    """Return the job that applies an upload, for the one whose job it is."""
    if upload.job_id is None or upload.uploaded_by_id != reader.user_id:
        return None
    return job_shown(job_visible_to(reader, upload.job_id))


@require_POST
def apply(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Put the applying of a checked table into the queue; asking twice applies it once."""
    reader = reader_of(request)
    upload = selectors.upload_visible_to(reader, upload_id)
    policies.require(reader, APPLY, upload)
    services.upload_enqueue(upload=upload, task=apply_upload, by=reader.user_id)
    return redirect("balance:upload_show", upload_id)


@require_POST
def discard(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Drop a table that was checked and shall not be applied."""
    reader = reader_of(request)
    upload = selectors.upload_visible_to(reader, upload_id)
    policies.require(reader, APPLY, upload)
    services.upload_discard(upload=upload)
    return redirect("balance:upload")

"""One import: its faults or its changes, applying it, and what changed because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.audit.api import shows
from junheng.apps.foundation import policies
from junheng.apps.foundation.shown import language
from junheng.apps.intake import marking, selectors, services
from junheng.apps.intake.forms import ReasonForm, WindowForm
from junheng.apps.intake.models import State
from junheng.apps.intake.policies import APPLY
from junheng.apps.intake.present.changes import ChangesShown
from junheng.apps.intake.present.conflicts import ConflictsShown
from junheng.apps.intake.present.faults import FaultsShown
from junheng.apps.intake.present.import_page import ImportShown
from junheng.apps.intake.present.outcome import OutcomeShown
from junheng.apps.intake.sending import apply_later
from junheng.apps.intake.tasks import check_import
from junheng.apps.intake.views.start import WORKBOOK
from junheng.apps.jobs.api import jobs_visible_to
from junheng.apps.jobs.models import State as JobState
from junheng.apps.jobs.views import shown as job_shown
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.models import Import
    from junheng.apps.jobs.views import JobShown


@require_safe
def show(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show what an import would change, what is wrong with it, or what it changed.

    A page that asks for another window of the changes gets that part alone.
    """
    reader = reader_of(request)
    source = selectors.import_visible_to(reader, import_id)
    _tell_what_is_shown(source)
    if source.state == State.CHECKED and request.headers.get("HX-Target") == "changes":
        shown = ChangesShown(source, WindowForm.chosen(request.GET))
        response = render(request, "intake/_changes.html", {"changes": shown})
    else:
        response = _page(request, reader, source)
    patch_vary_headers(response, ["HX-Target"])
    return response


def _page(
    request: HttpRequest, reader: Reader, source: Import, reason: ReasonForm | None = None
) -> HttpResponse:
    chosen = WindowForm.chosen(request.GET)
    job = _job(reader, source)
    can_act = policies.can(reader, APPLY, source) and not (job and job.is_running)
    shown = ImportShown(source)
    context: dict[str, Any] = {
        "shown": shown,
        "job": job,
        "can_act": can_act,
        "scope": {"label": shown.place},
        "crumbs": [{"label": gettext("Collect"), "url": reverse("intake:home")}],
    }
    if source.state == State.FAULTY:
        faults = selectors.faults_of(source)
        hides_names = source.school_id is None
        context["conflicts"] = ConflictsShown(faults, hides_names=hides_names)
        context["faults"] = FaultsShown(
            faults,
            source.n_faults,
            datasets=[part.dataset for part in source.parts.all()],
            field=chosen.get("field", ""),
            hides_names=hides_names,
        )
    elif source.state == State.CHECKED:
        context["changes"] = ChangesShown(source, chosen)
        context["alarms"] = [one.message.render(gettext) for one in selectors.alarms_of(source)]
        context["reason"] = reason or ReasonForm()
    elif source.state in (State.APPLIED, State.UNDONE):
        context["outcome"] = OutcomeShown(source)
    return render(request, "intake/show.html", context, status=422 if reason else 200)


def _job(reader: Reader, source: Import) -> JobShown | None:
    """Return the reader's job of an import that has not ended, or ended without success."""
    if source.job_id is None:
        return None
    job = jobs_visible_to(reader).filter(pk=source.job_id).exclude(state=JobState.DONE).first()
    return job_shown(job) if job else None


@require_safe
def marked(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Send the file back as a workbook with its faults in it, to whoever may mend it.

    It holds people by name and number as the file did; who only looks sees them masked.
    """
    source = _to_act_on(reader_of(request), import_id)
    _tell_what_is_shown(source)
    content = marking.workbook(source)
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = 'attachment; filename="junheng-faults.xlsx"'
    return response


@require_POST
def apply(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Put the applying of a checked file into the queue; asking twice applies it once."""
    reader = reader_of(request)
    source = _to_act_on(reader, import_id)
    if source.state != State.CHECKED:
        raise DataError(say("Only a file that was checked without faults can be applied."))
    why = ""
    if source.alarms and not source.confirmed_why:
        reason = ReasonForm(request.POST)
        if not reason.is_valid():
            return _page(request, reader, source, reason)
        why = reason.cleaned_data["why"]
    apply_later(reader, source, why=why)
    return redirect("intake:show", import_id)


@require_POST
def check(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Check a file again that still waits."""
    reader = reader_of(request)
    source = _to_act_on(reader, import_id)
    services.import_enqueue(
        source=source, task=check_import, by=reader.user_id, language=language()
    )
    return redirect("intake:show", import_id)


@require_POST
def discard(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Drop a file that waits."""
    source = _to_act_on(reader_of(request), import_id)
    services.import_discard(source=source)
    return redirect("intake:home")


def _tell_what_is_shown(source: Import) -> None:
    for part in source.parts.all():
        shows(f"dataset:{part.dataset}", n_rows=part.n_rows, keys=[str(source.pk)])


def _to_act_on(reader: Reader, import_id: UUID) -> Import:
    source = selectors.import_visible_to(reader, import_id)
    policies.require(reader, APPLY, source)
    return source

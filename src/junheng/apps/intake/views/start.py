"""The first three steps: the template, what to mind, the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation.shown import language
from junheng.apps.intake import services
from junheng.apps.intake.forms import ENDINGS, UploadForm
from junheng.apps.intake.places import EVERYTHING, places_of
from junheng.apps.intake.policies import require_import
from junheng.apps.intake.present.start import StartShown
from junheng.apps.intake.services import Source
from junheng.apps.intake.tasks import check_import
from junheng.apps.intake.views.years import asked_year, choices
from junheng.apps.privacy.api import PurposeForm
from junheng.apps.registry.api import school_year_ensure
from junheng.errors import NotFound, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.models import Import
    from junheng.apps.intake.places import Where

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE_BYTES = 256 * 1024
"""Files up to this size are checked while their sender waits; larger ones are queued."""


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, dataset: str) -> HttpResponse:
    """Offer the template and take the filled file; a small one is checked at once."""
    reader = reader_of(request)
    where = where_asked(request, reader, dataset)
    year = asked_year(request)
    form = UploadForm(request.POST or None, request.FILES or None, years=choices(), first_year=year)
    if form.is_valid():
        try:
            source = _receive(reader, where, dataset, form)
        except TableFaults as error:
            form.add_error("file", error.render(gettext))
        else:
            return redirect("intake:show", source.pk)
    context = {
        "form": form,
        "shown": StartShown(where, dataset, year, places_of(reader)),
        "purpose": PurposeForm(),
        "endings": ENDINGS,
        "scope": {"label": where.name},
        "crumbs": [{"label": gettext("Collect"), "url": reverse("intake:home")}],
    }
    return render(request, "intake/start.html", context, status=422 if form.is_bound else 200)


def where_asked(request: HttpRequest, reader: Reader, dataset: str) -> Where:
    """Return the place asked for, else the first at which the dataset may be imported."""
    wanted = request.GET.get("at", "")
    for where in places_of(reader):
        if wanted in ("", where.key) and where.has(dataset):
            return where
    raise NotFound(say("There is nothing to import here, or it is not yours to import."))


def _receive(reader: Reader, where: Where, dataset: str, form: UploadForm) -> Import:
    file = form.cleaned_data["file"]
    services.check_size(name=file.name, n_bytes=file.size)
    datasets = [] if dataset == EVERYTHING else [dataset]
    school_id = where.school.pk if where.school else None
    require_import(reader, bureau_id=where.bureau.pk, school_id=school_id, datasets=datasets)
    source = services.import_receive(
        bureau=where.bureau,
        school_year=school_year_ensure(first_year=form.cleaned_data["year"]),
        source=Source(file.name, file.read(), reader.user_id),
        datasets=datasets,
        school=where.school,
        is_whole=form.cleaned_data["is_whole"],
    )
    return check(source, reader, allowed={contract.id for contract in where.datasets})


def check(source: Import, reader: Reader, *, allowed: Collection[str]) -> Import:
    """Check a received file at once when it is small, otherwise as a job.

    One whose place a newer file takes meanwhile stays unchecked: its page says so.
    """
    if source.n_bytes > AT_ONCE_BYTES:
        services.import_enqueue(
            source=source, task=check_import, by=reader.user_id, language=language()
        )
        return source
    try:
        return services.import_check(import_id=source.pk, allowed=allowed, language=language())
    except services.Superseded:
        return source

"""The first three steps: the template, what to mind, the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from junheng.apps.accounts.api import reader_of
from junheng.apps.intake import services
from junheng.apps.intake.forms import ENDINGS, UploadForm
from junheng.apps.intake.places import places_of
from junheng.apps.intake.present.start import StartShown
from junheng.apps.intake.sending import Sent, receive_and_check
from junheng.apps.intake.years import asked_year, choices
from junheng.apps.privacy.api import PurposeForm
from junheng.errors import NotFound, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.places import Where

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, dataset: str) -> HttpResponse:
    """Offer the template and take the filled file; a small one is checked at once."""
    reader = reader_of(request)
    where = where_asked(request, reader, dataset)
    year = asked_year(request)
    form = UploadForm(request.POST or None, request.FILES or None, years=choices(), first_year=year)
    if form.is_valid():
        try:
            source = receive_and_check(reader, _sent(where, dataset, form))
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


def _sent(where: Where, dataset: str, form: UploadForm) -> Sent:
    file, year = form.cleaned_data["file"], form.cleaned_data["year"]
    services.check_size(name=file.name, n_bytes=file.size)
    is_whole = form.cleaned_data["is_whole"]
    return Sent(where, dataset, year, file.name, file.read(), is_whole)

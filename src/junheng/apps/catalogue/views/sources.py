"""Pages of figures that several sources tell: what differs, deciding, adding a source."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.catalogue import selectors, sources
from junheng.apps.catalogue.forms import SourceForm
from junheng.apps.catalogue.policies import may_decide
from junheng.apps.catalogue.present import years
from junheng.apps.catalogue.present.differences import DifferencesShown
from junheng.apps.catalogue.reading import unit_table_figures
from junheng.apps.foundation import clock
from junheng.errors import DataError, NotAllowed, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Bureau


@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """List the figures of a school year that sources tell differently."""
    reader = reader_of(request)
    bureau = _bureau(reader)
    first_year = years.asked(request)
    found = sources.differences(bureau.pk, first_year)
    context = {
        "shown": DifferencesShown(found, request.GET.dict()),
        "sources": selectors.sources_visible_to(reader, bureau),
        "can_decide": may_decide(reader, bureau.pk),
        "year": first_year,
        "period": years.period(first_year),
    }
    return render(request, "catalogue/differences.html", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide which source holds for a figure, or take the decision back."""
    reader = reader_of(request)
    bureau = _deciding(reader)
    first_year = years.asked(request)
    subject, field = (request.POST.get(name, "") for name in ("subject", "field"))
    figure = sources.FigurePlace(bureau.pk, first_year, subject, field)
    try:
        if request.POST.get("act") == "take_back":
            sources.figure_decision_end(figure, by=reader.user_id, now=clock.now())
        else:
            source = request.POST.get("source", "")
            sources.figure_decide(
                figure,
                source_id=int(source) if source.isdecimal() else 0,
                reason=request.POST.get("reason", ""),
                by=reader.user_id,
                now=clock.now(),
            )
    except DataError as error:
        messages.error(request, error.render(gettext))
    kept = {name: request.POST.get(name, "") for name in ("state", "text", "page")}
    asked = urlencode({"year": first_year} | {k: v for k, v in kept.items() if v})
    return redirect(f"{reverse('catalogue:differences')}?{asked}#difference-{subject}-{field}")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Take a table of figures from another source and compare it."""
    reader = reader_of(request)
    bureau = _deciding(reader)
    newest = selectors.first_year_now()
    form = SourceForm(
        request.POST or None,
        request.FILES or None,
        years=years.choices(newest),
        initial={"school_year": newest},
    )
    if form.is_valid():
        try:
            recorded = _record(reader, bureau, form)
        except (TableFaults, DataError) as error:
            form.add_error("file", error.render(gettext))
        else:
            text = gettext("%(new)d figures are new, %(changed)d changed, %(same)d as before.")
            facts = {
                "new": recorded.n_new,
                "changed": recorded.n_changed,
                "same": recorded.n_same,
            }
            messages.success(request, text % facts)
            year = form.cleaned_data["school_year"]
            return redirect(f"{reverse('catalogue:differences')}?year={year}")
    crumbs = [{"label": gettext("Several sources"), "url": reverse("catalogue:differences")}]
    context = {"form": form, "crumbs": crumbs}
    return render(
        request, "catalogue/source_add.html", context, status=422 if form.is_bound else 200
    )


def _record(reader: Reader, bureau: Bureau, form: SourceForm) -> sources.Recorded:
    data = form.cleaned_data
    figures = unit_table_figures(
        data["file"].read(),
        name=data["file"].name,
        bureau=bureau,
        first_year=data["school_year"],
    )
    return sources.values_record(
        bureau_id=bureau.pk,
        first_year=data["school_year"],
        kind=data["kind"],
        name=data["name"].strip(),
        figures=figures,
        by=reader.user_id,
        now=clock.now(),
        origin=data["file"].name[-64:],
    )


def _bureau(reader: Reader) -> Bureau:
    bureau = selectors.bureau_of(reader)
    if bureau is None:
        raise NotAllowed(say("Sources are compared by the bureau."))
    return bureau


def _deciding(reader: Reader) -> Bureau:
    bureau = _bureau(reader)
    if not may_decide(reader, bureau.pk):
        raise NotAllowed(say("Your posts of today do not give this right."))
    return bureau

"""Layouts of register exports: the list, and one beside an export, to put columns right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.intake import layouts, services
from junheng.apps.intake.forms import ENDINGS, SampleForm
from junheng.apps.intake.layout_trials import rows_as_csv, try_layout
from junheng.apps.intake.places import places_of
from junheng.apps.intake.policies import require_import
from junheng.apps.intake.present.mappings import PREFIX, MappingShown, MappingsShown
from junheng.apps.intake.sending import check_soon
from junheng.apps.intake.services import Source
from junheng.apps.intake.years import choices, newest_year
from junheng.apps.registry.api import school_year_ensure
from junheng.engine.contracts.register_file import register_mapping_text
from junheng.errors import NotFound, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.models import Import, RegisterSample
    from junheng.apps.intake.places import Where
    from junheng.engine.contracts.register_mapping import RegisterMapping


@require_safe
def mappings(request: HttpRequest) -> HttpResponse:
    """List the layouts of the datasets that the reader imports for a bureau."""
    reader = reader_of(request)
    places = [where for where in places_of(reader) if where.school is None]
    shown = MappingsShown(reader, places)
    if not shown.rows:
        raise NotFound(say("There is no such layout."))
    return render(request, "intake/mappings.html", {"shown": shown, "crumbs": _crumbs()})


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, mapping_id: str) -> HttpResponse:
    """Show one layout beside the reader's export; take the export, corrections, or import it."""
    reader = reader_of(request)
    where = _where(request, reader, mapping_id)
    act = request.POST.get("act", "")
    form = SampleForm(
        request.POST if act == "read" else None,
        request.FILES if act == "read" else None,
        years=choices(),
        first_year=newest_year(),
    )
    counts = layouts.current(where.bureau, mapping_id)
    if act == "read" and form.is_valid() and _kept(reader, where, counts, form):
        return _back(where, mapping_id)
    sample = layouts.sample_of(reader, where.bureau, mapping_id)
    wanted = counts.with_columns(_corrections(request, counts))
    if act == "save":
        layouts.layout_save(bureau=where.bureau, mapping=wanted, by=reader.user_id)
        return _back(where, mapping_id)
    trial = try_layout(sample, wanted) if sample else None
    if act == "import" and sample and trial and not trial.n_faults:
        return redirect("intake:show", _receive(request, reader, where, sample).pk)
    versions = layouts.versions(reader, where.bureau, mapping_id)
    shown = MappingShown(where, wanted, versions, sample, trial, is_tried=act == "try")
    return _page(request, shown, form)


def _page(request: HttpRequest, shown: MappingShown, form: SampleForm) -> HttpResponse:
    context = {
        "form": form,
        "shown": shown,
        "endings": ENDINGS,
        "scope": {"label": shown.where.name},
        "crumbs": [*_crumbs(), {"label": gettext("Layouts"), "url": reverse("intake:mappings")}],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "intake/mapping.html", context, status=status)


@require_safe
def download(request: HttpRequest, mapping_id: str) -> HttpResponse:
    """Send the layout that counts as TOML."""
    where = _where(request, reader_of(request), mapping_id)
    text = register_mapping_text(layouts.current(where.bureau, mapping_id))
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{mapping_id}.toml"'
    return response


def _where(request: HttpRequest, reader: Reader, mapping_id: str) -> Where:
    """Return the bureau asked for, else the first one where the dataset may be imported."""
    dataset = layouts.shipped_one(mapping_id).dataset
    wanted = request.GET.get("at", "")
    for where in places_of(reader):
        if where.school is None and wanted in ("", where.key) and where.has(dataset):
            return where
    raise NotFound(say("There is no such layout."))


def _crumbs() -> list[dict[str, str]]:
    return [{"label": gettext("Collect"), "url": reverse("intake:home")}]


def _back(where: Where, mapping_id: str) -> HttpResponse:
    return redirect(f"{reverse('intake:mapping', args=[mapping_id])}?at={where.key}#columns")


def _kept(reader: Reader, where: Where, counts: RegisterMapping, form: SampleForm) -> bool:
    """Keep the export that was sent if it can be read at all; else the form says what is wrong."""
    file, first_year = form.cleaned_data["file"], form.cleaned_data["year"]
    try:
        services.check_size(name=file.name, n_bytes=file.size)
        source = Source(file.name, file.read(), reader.user_id)
        with transaction.atomic():
            sample = layouts.sample_keep(
                bureau=where.bureau, mapping=counts, source=source, first_year=first_year
            )
            try_layout(sample, counts)
    except TableFaults as error:
        form.add_error("file", error.render(gettext))
        return False
    return True


def _corrections(request: HttpRequest, counts: RegisterMapping) -> dict[str, str]:
    """Return the headers that the sender chose for columns, by key; blank ones stay as they are."""
    chosen = {column.key: request.POST.get(PREFIX + column.key, "") for column in counts.columns}
    return {key: header for key, header in chosen.items() if header.strip()}


def _receive(request: HttpRequest, reader: Reader, where: Where, sample: RegisterSample) -> Import:
    """Send the rows of the export on their way like a file made from our template."""
    dataset = sample.dataset
    require_import(reader, bureau_id=where.bureau.pk, school_id=None, datasets=[dataset])
    content = rows_as_csv(sample, layouts.current(where.bureau, sample.mapping))
    source = services.import_receive(
        bureau=where.bureau,
        school_year=school_year_ensure(first_year=sample.first_year),
        source=Source(f"{sample.file_name}.csv", content, reader.user_id),
        datasets=[dataset],
        is_whole="is_whole" in request.POST,
    )
    sample.delete()
    return check_soon(source, reader, allowed={dataset})

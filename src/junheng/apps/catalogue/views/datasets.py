"""Pages of datasets and fields, and the files made from contracts; open to every reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance.api import open_findings
from junheng.apps.catalogue import files, selectors
from junheng.apps.catalogue.policies import may_decide
from junheng.apps.catalogue.present import fields, words, years
from junheng.apps.catalogue.present.dataset import DatasetShown, tells_of_no_person
from junheng.apps.catalogue.present.home import HomeShown
from junheng.apps.catalogue.tasks import count_datasets
from junheng.apps.intake.api import start_url
from junheng.apps.jobs.api import enqueue, jobs_visible_to
from junheng.apps.jobs.views import shown as job_shown
from junheng.apps.registry.api import Place
from junheng.engine import contracts
from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.jobs.views import JobShown


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show every dataset by data domain, with what is there of it."""
    reader = reader_of(request)
    bureau = selectors.bureau_of(reader)
    first_year = years.asked(request)
    counts = selectors.counts_visible_to(reader, bureau, first_year)
    counted_at = max((count.counted_at for count in counts.values()), default=None)
    context = {
        "shown": HomeShown(counts, open_findings(bureau.pk, first_year) if bureau else None),
        "counted_at": counted_at,
        "is_at_bureau": bureau is not None,
        "can_count": bureau is not None and may_decide(reader, bureau.pk),
        "job": _counting(reader),
        "year": first_year,
        "period": years.period(first_year),
    }
    return render(request, "catalogue/home.html", context)


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Put the counting of every dataset into the queue."""
    reader = reader_of(request)
    bureau = selectors.bureau_of(reader)
    if bureau is None or not may_decide(reader, bureau.pk):
        raise NotAllowed(say("Your posts of today do not give this right."))
    first_year = years.asked(request)
    if _counting(reader) is None:
        enqueue(
            count_datasets,
            by=reader.user_id,
            bureau_id=bureau.pk,
            first_year=first_year,
            user_id=reader.user_id,
        )
    return redirect(f"{reverse('catalogue:home')}?year={first_year}")


def _counting(reader: Reader) -> JobShown | None:
    """Return the count that the reader asked for and that has not ended yet."""
    counting = jobs_visible_to(reader).filter(task_path=count_datasets.module_path)
    job = counting.filter(ended_at__isnull=True).first()
    return job_shown(job) if job else None


@require_safe
def dataset(request: HttpRequest, dataset: str) -> HttpResponse:
    """Show the dictionary of one dataset."""
    reader = reader_of(request)
    contract = contracts.contract(dataset)
    first_year = years.asked(request)
    counts = selectors.counts_visible_to(reader, selectors.bureau_of(reader), first_year)
    context = {
        "shown": DatasetShown(contract, counts.get(dataset)),
        "crumbs": [_crumb()],
        "start_url": start_url(reader, dataset),
        "has_own_rows": bool(reader.scope.schools) and tells_of_no_person(contract),
        "year": first_year,
        "years": years.choices(first_year),
        "period": years.period(first_year),
    }
    return render(request, "catalogue/dataset.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the fields that a word names."""
    text = request.GET.get("q", "")[:60]
    context = {"text": text, "found": fields.search(text), "crumbs": [_crumb()]}
    return render(request, "catalogue/search.html", context)


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """List the indicators of the standard with how many fields each needs."""
    context = {"lines": fields.indicators(), "rules": words.rules(), "crumbs": [_crumb()]}
    return render(request, "catalogue/indicators.html", context)


@require_safe
def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """Show every field that one indicator needs."""
    found = fields.needed_by(indicator)
    crumbs = [
        _crumb(),
        {"label": gettext("Who uses which field"), "url": reverse("catalogue:indicators")},
    ]
    context = {
        "title": f"{indicator} {words.indicator_names()[indicator]}",
        "found": found,
        "datasets": sorted({field.dataset for field in found}),
        "rule_url": words.rule_url(indicator),
        "crumbs": crumbs,
    }
    return render(request, "catalogue/indicator.html", context)


@require_safe
def template(request: HttpRequest, dataset: str) -> HttpResponse:
    """Send the workbook to fill in, of the school year asked for."""
    reader = reader_of(request)
    contract = contracts.contract(dataset)
    first_year = years.asked(request)
    bureau = selectors.home_bureau_of(reader)
    content = files.template(
        [contract], first_year=first_year, county_code=bureau.code if bureau else ""
    )
    return _file(content, "xlsx", f"junheng-{dataset}-{first_year}.xlsx")


@require_safe
def own_rows(request: HttpRequest, dataset: str) -> HttpResponse:
    """Send what the registry holds of the reader's own schools, ready to be corrected."""
    reader = reader_of(request)
    contract = contracts.contract(dataset)
    bureau = selectors.home_bureau_of(reader)
    schools = selectors.own_schools_of(reader)
    if bureau is None or not schools or not tells_of_no_person(contract):
        raise NotFound(say("There are no rows of your school to fetch here."))
    first_year = years.asked(request)
    content = files.own_rows(contract, place=Place(bureau.pk, first_year, schools))
    return _file(content, "xlsx", f"junheng-{dataset}-{first_year}-rows.xlsx")


@require_safe
def sample(request: HttpRequest, dataset: str) -> HttpResponse:
    """Send a filled table of one row."""
    return _file(files.sample(contracts.contract(dataset)), "csv", f"junheng-{dataset}-sample.csv")


@require_safe
def schema(request: HttpRequest, dataset: str) -> HttpResponse:
    """Send the JSON Schema of a dataset."""
    contract = contracts.contract(dataset)
    return _file(files.schema(contract), "json", f"junheng-{dataset}.schema.json")


@require_safe
def dictionary(request: HttpRequest, dataset: str = "") -> HttpResponse:
    """Send the dictionary of one dataset, or of all, as CSV."""
    chosen = [contracts.contract(dataset)] if dataset else contracts.contracts()
    return _file(
        files.dictionary(chosen), "csv", f"junheng-dictionary{dataset and '-'}{dataset}.csv"
    )


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=files.MEDIA_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _crumb() -> dict[str, str]:
    return {"label": gettext("Data catalogue"), "url": reverse("catalogue:home")}

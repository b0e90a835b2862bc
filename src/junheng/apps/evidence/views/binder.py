"""The binder, the evidence for one item, and filing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.evidence import selectors
from junheng.apps.evidence.forms import FilterForm, SentForm
from junheng.apps.evidence.items import item_of
from junheng.apps.evidence.policies import require_fill
from junheng.apps.evidence.present import words
from junheng.apps.evidence.present.binder import BinderShown, file_lines
from junheng.apps.evidence.present.item import ItemShown, Outcome
from junheng.apps.evidence.services import Place, SameFile, Sent, evidence_add
from junheng.apps.evidence.views.years import asked_year
from junheng.apps.registry.api import school_year_ensure
from junheng.engine.standard.rulebook import DEFAULT_RULESET_ID
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.evidence.items import Item
    from junheng.apps.evidence.selectors import Desk
    from junheng.apps.registry.api import School

MOST_FOUND = 100


@require_safe
def binder(request: HttpRequest) -> HttpResponse:
    """Show every item of the standard with its evidence, or what a search finds."""
    reader, year = reader_of(request), asked_year(request)
    desk = selectors.desk_of(reader, year)
    chosen = FilterForm.chosen(request.GET)
    school = _school(desk, chosen.get("school"))
    counts = selectors.counts_of(reader, year)
    shown = BinderShown(desk, counts, year, school=school, state=chosen.get("state", ""))
    context = {"shown": shown, "year": year, "period": words.period(year)}
    if text := chosen.get("text", ""):
        rows = selectors.named_like(selectors.evidence_of_year(reader, year), text)
        found = file_lines(selectors.with_versions(rows)[:MOST_FOUND])
        context |= {"text": text, "found": found, "most_found": MOST_FOUND}
    return render(request, "evidence/binder.html", context)


@dataclass(frozen=True)
class _Asked:
    """Whose evidence, for which item and year, an address asks for."""

    reader: Reader
    desk: Desk
    item: Item
    year: int
    school: School | None


@require_safe
def item(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show the evidence for one item, and the way to file more."""
    reader, year = reader_of(request), asked_year(request)
    desk = selectors.desk_of(reader, year)
    school = _school(desk, FilterForm.chosen(request.GET).get("school"))
    return _item_page(request, _Asked(reader, desk, item_of(item_id), year, school))


@require_POST
def upload(request: HttpRequest, item_id: str) -> HttpResponse:
    """File what was sent, each file for itself: one that is refused keeps no other out."""
    reader, year = reader_of(request), asked_year(request)
    desk = selectors.desk_of(reader, year)
    form = SentForm(request.POST)
    form.is_valid()
    school = _school(desk, form.cleaned_data.get("school"))
    if school is None and not desk.is_whole:
        school = desk.schools[0] if desk.schools else None
    require_fill(reader, bureau_id=desk.bureau.pk, school_id=school.pk if school else None)
    asked = _Asked(reader, desk, item_of(item_id), year, school)
    note = form.cleaned_data.get("note", "")
    outcomes = [_filed(asked, sent, note) for sent in request.FILES.getlist("files")]
    if request.headers.get("HX-Request"):
        response = render(request, "evidence/_outcomes.html", {"outcomes": outcomes})
        patch_vary_headers(response, ["HX-Request"])
        return response
    return _item_page(request, asked, outcomes)


def _filed(asked: _Asked, sent: UploadedFile[Any], note: str) -> Outcome:
    name = sent.name or ""
    try:
        made = evidence_add(
            place=Place(
                bureau=asked.desk.bureau,
                school=asked.school,
                school_year=school_year_ensure(first_year=asked.year),
                ruleset_id=DEFAULT_RULESET_ID,
                item=asked.item,
            ),
            sent=Sent(name, cast("BinaryIO", sent.file), sent.size or 0, note),
            by=asked.reader.user_id,
        )
    except SameFile as error:
        url = reverse("evidence:show", args=[error.evidence.pk])
        return Outcome(name, False, error.render(gettext), url)
    except DataError as error:
        return Outcome(name, False, error.render(gettext))
    url = reverse("evidence:show", args=[made.pk])
    if made.file_name == name:
        return Outcome(name, True, gettext("“%(name)s” is filed.") % {"name": name}, url)
    text = gettext("“%(name)s” is filed; its name was made fit for every computer.")
    return Outcome(name, True, text % {"name": made.file_name}, url)


def _item_page(
    request: HttpRequest, asked: _Asked, outcomes: Sequence[Outcome] | None = None
) -> HttpResponse:
    rows = selectors.evidence_of_year(asked.reader, asked.year).filter(item_id=asked.item.id)
    shown = ItemShown(
        asked.reader,
        asked.desk,
        asked.item,
        asked.year,
        list(selectors.with_versions(rows)),
        school=asked.school,
    )
    crumbs = [{"label": gettext("Evidence binder"), "url": words.binder_url(asked.year)}]
    context = {
        "shown": shown,
        "outcomes": outcomes,
        "nothing_sent": outcomes is not None and not outcomes,
        "crumbs": crumbs,
        "period": words.period(asked.year),
        "scope": {"label": asked.school.name if asked.school else asked.desk.bureau.name},
    }
    is_refused = outcomes is not None and not any(one.is_taken for one in outcomes)
    return render(request, "evidence/item.html", context, status=422 if is_refused else 200)


def _school(desk: Desk, school_id: int | None) -> School | None:
    return desk.school(school_id) if school_id else None

"""The home of collecting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import clock
from junheng.apps.intake import selectors
from junheng.apps.intake.forms import FilterForm
from junheng.apps.intake.layouts import shipped
from junheng.apps.intake.places import places_of
from junheng.apps.intake.policies import may_look
from junheng.apps.intake.present import home as present
from junheng.apps.intake.present import words
from junheng.apps.intake.years import asked_year
from junheng.apps.registry.api import school_year_on, term_started_on
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.intake.places import Where


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is asked of the reader's posts, and every import they may see."""
    reader = reader_of(request)
    places = places_of(reader)
    if not places and not may_look(reader):
        raise NotAllowed(say("Your posts of today import no data and look at no imports."))
    year = asked_year(request)
    chosen = FilterForm.chosen(request.GET)
    rows = selectors.imports_visible_to(reader, dataset=chosen.get("dataset", ""))
    newest = selectors.newest_by_dataset(reader, year)
    groups = present.asked(places, year, newest, _terms(places, year))
    kinds = {c.id: c for where in places for c in where.datasets}
    context = {
        "groups": groups,
        "has_layouts": _has_layouts(places),
        "answer": _answer(groups),
        "history": present.HistoryShown(rows, list(kinds.values()), chosen),
        "period": {
            "label": gettext("School year %(year)s") % {"year": words.year_label(year)},
        },
    }
    return render(request, "intake/home.html", context)


def _terms(places: Sequence[Where], year: int) -> dict[int, date | None]:
    """Return the first day of the present term by bureau; none for school years that are over."""
    today = clock.today()
    if school_year_on(today) != year:
        return {}
    return {pk: term_started_on(pk, today) for pk in {where.bureau.pk for where in places}}


def _has_layouts(places: Sequence[Where]) -> bool:
    """Whether an export of a register can be imported for a whole bureau."""
    at_bureaus = (where.datasets for where in places if where.school is None)
    return bool(shipped({contract.id for datasets in at_bureaus for contract in datasets}))


def _answer(groups: list[present.AskedAt]) -> str:
    if not groups:
        return gettext("Every import of the bureau, newest first.")
    lines = [line for group in groups for line in group.lines]
    facts = {"n": len(lines), "open": sum(group.n_open for group in groups)}
    if not facts["open"]:
        return gettext("All %(n)d datasets that your post files are in.") % facts
    text = gettext(
        "Your post files %(n)d datasets; %(open)d of them are not in yet for this school year."
    )
    return text % facts

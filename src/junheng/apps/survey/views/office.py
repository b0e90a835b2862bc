"""What the office does: look how far a survey is, begin it, make slips, close it, hand it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance.api import rules_of_year
from junheng.apps.foundation import clock
from junheng.apps.registry.api import school_year_ensure, school_year_on
from junheng.apps.survey import selectors, services
from junheng.apps.survey.codes import shown as code_shown
from junheng.apps.survey.forms import BeginForm, CodesForm
from junheng.apps.survey.policies import require_run
from junheng.apps.survey.present import words
from junheng.apps.survey.present.home import SurveyShown
from junheng.apps.survey.qr import drawn
from junheng.apps.survey.rules import survey_rules

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.survey.qr import Drawing


@dataclass(frozen=True)
class SlipShown:
    """One slip to cut out: the code as drawing and as text."""

    code: str
    drawing: Drawing


@dataclass(frozen=True)
class SheetShown:
    """The slips of one school, or of the district."""

    place: str
    slips: list[SlipShown]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the newest survey, or the one asked for, and what may be done."""
    return _page(request, reader_of(request))


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a survey of the school year of today."""
    reader = reader_of(request)
    seen = selectors.survey_seen(reader, "")
    require_run(reader, seen.bureau.pk)
    form = BeginForm(request.POST)
    if not form.is_valid():
        return _page(request, reader, begin_form=form)
    year = school_year_ensure(first_year=school_year_on(clock.today()))
    rules = rules_of_year(seen.bureau.pk, year.starts_on.year)
    services.survey_begin(
        seen.bureau, year, form.planned, ruleset=f"{rules.id}@{rules.version}", by=reader.user_id
    )
    messages.success(request, gettext("The survey is begun. Print the slips next."))
    return redirect("survey:home")


@require_POST
@never_cache
def codes(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Make codes and show them as slips to print, this once."""
    reader = reader_of(request)
    survey = selectors.survey_visible_to(reader, survey_id)
    require_run(reader, survey.bureau_id)
    seen = selectors.survey_seen(reader, str(survey_id))
    form = CodesForm(seen.schools, request.POST)
    if not form.is_valid():
        return _page(request, reader, asked=str(survey_id), codes_form=form)
    role = survey_rules().roles[form.cleaned_data["role"]]
    made = services.codes_make(
        survey, role, form.chosen, each=form.cleaned_data["each"], by=reader.user_id
    )
    address = request.build_absolute_uri(reverse("survey:answer"))
    sheets = [
        SheetShown(
            one.school.name if one.school else seen.bureau.name,
            [SlipShown(code_shown(code), drawn(f"{address}?code={code}")) for code in one.codes],
        )
        for one in made
    ]
    context = {
        "survey": survey,
        "role": words.of(role.name),
        "notice": words.of(role.notice) if role.notice else "",
        "address": address,
        "sheets": sheets,
        "n_slips": sum(len(one.slips) for one in sheets),
    }
    return render(request, "survey/slips.html", context)


@require_POST
def close(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Close a survey for good."""
    reader = reader_of(request)
    survey = selectors.survey_visible_to(reader, survey_id)
    require_run(reader, survey.bureau_id)
    services.survey_close(survey, by=reader.user_id, now=clock.now())
    messages.success(request, gettext("The survey is closed; what it came to is kept."))
    return redirect(f"{reverse('survey:home')}?survey={survey_id}")


@require_POST
def hand_on(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Enter the result of a closed survey on the board."""
    reader = reader_of(request)
    survey = selectors.survey_visible_to(reader, survey_id)
    require_run(reader, survey.bureau_id)
    services.result_hand_on(survey, reader=reader, language=get_language() or "", now=clock.now())
    messages.success(request, gettext("The result stands on the board of the standard."))
    return redirect(f"{reverse('survey:home')}?survey={survey_id}")


def _page(request: HttpRequest, reader: Reader, *, asked: str = "", **forms: Any) -> HttpResponse:
    seen = selectors.survey_seen(reader, asked or request.GET.get("survey", ""))
    today = clock.today()
    context: dict[str, Any] = {
        "seen": seen,
        "scope": {"label": seen.bureau.name},
        "shown": SurveyShown(seen, seen.survey, today) if seen.survey else None,
        "smallest": survey_rules().smallest,
    }
    if seen.runs:
        under_way = any(not one.is_closed for one in seen.surveys)
        context["begin_form"] = None if under_way else BeginForm(initial=_usual_days())
        is_usable = seen.survey is not None and not seen.survey.is_closed
        context["codes_form"] = CodesForm(seen.schools) if is_usable else None
    return render(request, "survey/home.html", context | forms, status=422 if forms else 200)


def _usual_days() -> dict[str, Any]:
    first = clock.today() + timedelta(days=1)
    return {"opens_on": first, "closes_on": first + timedelta(days=survey_rules().days - 1)}

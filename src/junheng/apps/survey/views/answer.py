"""What anybody with a code does: give it, answer, be thanked. Nobody signs in, nothing is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.audit.api import address_of
from junheng.apps.foundation import clock, throttling
from junheng.apps.foundation.scoping import everything
from junheng.apps.survey import services
from junheng.apps.survey.codes import plain, shown
from junheng.apps.survey.forms import AnswersForm
from junheng.apps.survey.present import words
from junheng.apps.survey.rules import survey_rules
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.survey.models import Group
    from junheng.apps.survey.rules import Questionnaire
    from junheng.i18n import Message

WRONG, TOO_MANY = 422, 429


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then the questions; take the answers."""
    told = request.POST.get("code") or request.GET.get("code", "")
    if not told:
        return _ask_code(request)
    window = _window(request)
    if window.is_full:
        return _ask_code(request, _too_many(window.wait_s), status=TOO_MANY)
    code = plain(told)
    try:
        with everything(reason="an anonymous code says which questionnaire it is for"):
            group = services.group_of(code, day=clock.today())
            place = str(group.school or group.survey.bureau)
    except DataError as error:
        window.count()
        return _ask_code(request, error.message, status=WRONG)
    form = AnswersForm(_questions(group), request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _counted(request, code, form)
    context = {
        "code": shown(code),
        "form": form,
        "role": words.role_name(group.role),
        "place": place,
    }
    return render(request, "survey/questions.html", context, status=WRONG if form.errors else 200)


@login_not_required
@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """Thank for an answer; the same page for everybody."""
    return render(request, "survey/answered.html")


def _counted(request: HttpRequest, code: str, form: AnswersForm) -> HttpResponse:
    try:
        services.answer_count(code, form.cleaned_data, day=clock.today())
    except DataError as error:
        return _ask_code(request, error.message, status=WRONG)
    return redirect("survey:answered")


def _ask_code(
    request: HttpRequest, fault: Message | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"fault": fault.render(gettext) if fault else ""}
    return render(request, "survey/code.html", context, status=status)


def _window(request: HttpRequest) -> throttling.Window:
    rules = survey_rules()
    return throttling.Window(
        f"survey:{address_of(request)}",
        limit=rules.wrong_codes,
        period_s=rules.wrong_minutes * 60,
        now_s=int(clock.now().timestamp()),
    )


def _too_many(wait_s: int) -> Message:
    return say(
        "Too many wrong codes came from your network. Try again in {n} minutes.",
        n=max(1, round(wait_s / 60)),
    )


def _questions(group: Group) -> Questionnaire:
    return survey_rules().roles[group.role].questionnaire

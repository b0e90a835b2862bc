"""A school's own part: its answers to items, and whether its figures are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import Role, reader_of
from junheng.apps.foundation import clock
from junheng.apps.selfassessment import services, signing
from junheng.apps.selfassessment.asked import asked_of
from junheng.apps.selfassessment.forms import SchoolAnswerForm
from junheng.apps.selfassessment.models import AnswerKind
from junheng.apps.selfassessment.policies import (
    KEEPERS,
    SCHOOL_OFFICE,
    keeps,
    may_answer,
)
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.rules import board_rules
from junheng.apps.selfassessment.stages import stage
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import School
    from junheng.apps.selfassessment.asked import Asked


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Send the office of a school to its own page."""
    reader = reader_of(request)
    mine = [s for post in reader.posts if post.role in SCHOOL_OFFICE for s in sorted(post.schools)]
    if not mine:
        raise NotAllowed(say("Your posts of today do not answer for a school."))
    return redirect("selfassessment:school", mine[0])


@require_safe
def school(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show what is asked of a school, what it said, and what it may still say."""
    reader = reader_of(request)
    asked = asked_of(reader, school_id, request.GET.get("year", ""), clock.today())
    rules = board_rules()
    lines = []
    for item in asked.items:
        spec, entry = rules.of(item.id), asked.entries.get(item.id)
        lines.append(
            {
                "id": item.id,
                "name": words.of(item.name),
                "options": words.answers(spec),
                "answer": entry.data.get("answer", "") if entry else "",
                "replaces": entry.pk if entry else "",
                "entry": entry,
            }
        )
    is_head = reader.holds({Role.HEAD}, bureau_id=asked.school.bureau_id, school_id=asked.school.pk)
    context = {
        "school": asked.school,
        "lines": lines,
        "n_open": sum(not line["answer"] for line in lines),
        "course": asked.course,
        "stage_name": words.of(stage(asked.course.stage).name),
        "answers": [(one, words.role(one.role)) for one in reversed(asked.answers)],
        "n_answers": len(asked.answers),
        "is_outdated": asked.is_outdated,
        "is_collecting": asked.is_collecting,
        "can_confirm": is_head and asked.is_collecting,
        "can_settle": keeps(reader, asked.school.bureau_id) and asked.is_collecting,
        "can_answer": may_answer(reader, asked.school.bureau_id, asked.school.pk),
        "year": asked.year.starts_on.year,
        "scope": {"label": asked.school.name},
        "period": {"label": gettext("School year %(year)s") % {"year": asked.year}},
    }
    return render(request, "selfassessment/school.html", context)


@require_POST
def attest(request: HttpRequest, school_id: int) -> HttpResponse:
    """Answer one item for a school."""
    reader = reader_of(request)
    asked = asked_of(reader, school_id, request.GET.get("year", ""), clock.today())
    if not may_answer(reader, asked.school.bureau_id, asked.school.pk):
        raise NotAllowed(say("This school answers by its own office."))
    item_id, answer = request.POST.get("item", ""), request.POST.get("answer", "")
    replaces = request.POST.get("replaces", "")
    if item_id not in {item.id for item in asked.items}:
        raise DataError(say("There is no such item, or it is not yours to see."))
    if answer not in board_rules().options(board_rules().of(item_id)):
        raise DataError(say("Choose an answer."))
    services.item_enter(
        services.Place(asked.school.bureau_id, asked.year.pk, asked.rules.id, item_id),
        services.Entered(
            data={"answer": answer},
            note=request.POST.get("note", "")[:200],
            school_id=asked.school.pk,
        ),
        replaces=int(replaces) if replaces.isdecimal() else None,
        role=_role(reader, asked.school),
        by=reader.user_id,
        now=clock.now(),
    )
    messages.success(request, gettext("It is entered and signed with your name."))
    return _back(asked)


@require_POST
def answer(request: HttpRequest, school_id: int) -> HttpResponse:
    """Confirm a school's figures, object to them, or settle the objection as the bureau."""
    reader = reader_of(request)
    asked = asked_of(reader, school_id, request.GET.get("year", ""), clock.today())
    form = SchoolAnswerForm(request.POST)
    kind = AnswerKind(form.cleaned_data["kind"]) if form.is_valid() else None
    _require_right(reader, asked.school, kind)
    if kind is None:
        raise DataError(say("The form arrived damaged. Open the page anew."))
    signing.school_answer(
        asked.course,
        asked.school.pk,
        signing.Signature(
            by=reader.user_id,
            role=_role(reader, asked.school),
            at=clock.now(),
            seen=form.cleaned_data["seen"],
        ),
        kind=kind,
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, gettext("It is signed with your name."))
    return _back(asked)


def _require_right(reader: Reader, school: School, kind: AnswerKind | None) -> None:
    """Raise NotAllowed unless the reader heads the school; the bureau's keeper settles."""
    heads = reader.holds({Role.HEAD}, bureau_id=school.bureau_id, school_id=school.pk)
    settles = keeps(reader, school.bureau_id) and kind in {None, AnswerKind.SETTLED}
    if not settles and (not heads or kind == AnswerKind.SETTLED):
        raise NotAllowed(
            say(
                "Figures are confirmed by the head of the school, objections settled by the bureau."
            )
        )


def _role(reader: Reader, school: School) -> str:
    return services.role_of(reader, school.bureau_id, SCHOOL_OFFICE | KEEPERS)


def _back(asked: Asked) -> HttpResponse:
    year = asked.year.starts_on.year
    return redirect(f"{reverse('selfassessment:school', args=[asked.school.pk])}?year={year}")

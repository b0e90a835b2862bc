"""The way of a self-assessment: signing, returning, deadlines, copies, reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import clock
from junheng.apps.registry.api import School
from junheng.apps.selfassessment import course_selectors, selectors, signing, stages
from junheng.apps.selfassessment.figures import outdated_of
from junheng.apps.selfassessment.forms import DeadlinesForm, ReturnForm, SignForm
from junheng.apps.selfassessment.freezing import broken_steps, changes_since
from junheng.apps.selfassessment.policies import keeps, sees_whole
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.present.board import BoardShown
from junheng.apps.selfassessment.present.course import CourseShown
from junheng.apps.selfassessment.services import role_of
from junheng.apps.selfassessment.views.frame import board_of, frame
from junheng.errors import Conflict, DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.selectors import Board


@require_safe
def course(request: HttpRequest) -> HttpResponse:
    """Show where the self-assessment stands, who signed what, what schools say."""
    reader = reader_of(request)
    board = _whole_board(request, reader)
    shown = _shown(reader, board)
    keeper = keeps(reader, board.bureau.pk)
    context: dict[str, Any] = {
        "shown": shown,
        "can_keep": keeper,
        "broken": broken_steps(shown.course) if shown.course else [],
        **frame(board, request.path),
    }
    locking = course_selectors.locking_step(reader, shown.course) if shown.course else None
    if locking is not None:
        context |= {"locking": locking, "changes": changes_since(locking.frozen, board)}
    if shown.coming and _may_sign(reader, board, shown.coming):
        context["sign_form"] = SignForm(shown.coming, initial={"seen": shown.version})
    if shown.earlier and (keeper or _may_sign(reader, board, shown.stage)):
        context["return_form"] = ReturnForm(shown.earlier, initial={"seen": shown.version})
    if keeper:
        context["deadlines_form"] = DeadlinesForm(initial=_deadlines(shown))
    return render(request, "selfassessment/course.html", context)


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the step into the next stage."""
    reader = reader_of(request)
    board = _whole_board(request, reader)
    coming = _shown(reader, board).coming
    if coming is None or not _may_sign(reader, board, coming):
        raise NotAllowed(say("Your posts of today do not sign this stage."))
    form = SignForm(coming, request.POST)
    if not form.is_valid():
        raise DataError(say("The form arrived damaged. Open the page anew."))
    signing.stage_sign(
        _place(board),
        _signature(reader, board, coming.signers, form.cleaned_data["seen"]),
        document=form.cleaned_data.get("document", ""),
        read=lambda: _read(reader, board),
    )
    messages.success(request, gettext("It is signed, and a copy of everything is kept."))
    return _back(board)


@require_POST
def send_back(request: HttpRequest) -> HttpResponse:
    """Return the self-assessment to an earlier stage."""
    reader = reader_of(request)
    board = _whole_board(request, reader)
    shown = _shown(reader, board)
    if not (keeps(reader, board.bureau.pk) or _may_sign(reader, board, shown.stage)):
        raise NotAllowed(say("Your posts of today do not sign this stage."))
    form = ReturnForm(shown.earlier, request.POST)
    if not form.is_valid():
        raise DataError(say("Say to which earlier stage it is returned, and why."))
    signing.stage_return(
        _place(board),
        _signature(reader, board, shown.stage.signers, form.cleaned_data["seen"]),
        to_stage=form.cleaned_data["to_stage"],
        reason=form.cleaned_data["reason"],
        read=lambda: _read(reader, board),
    )
    messages.success(request, gettext("It is returned with your reason."))
    return _back(board)


@require_POST
def deadlines(request: HttpRequest) -> HttpResponse:
    """Keep until when schools answer and the stage is signed."""
    reader = reader_of(request)
    board = _whole_board(request, reader)
    if not keeps(reader, board.bureau.pk):
        raise NotAllowed(say("Deadlines are set by the supervision office of the bureau."))
    form = DeadlinesForm(request.POST)
    if not form.is_valid():
        raise DataError(say("Write dates such as 2026-03-31, and the target as a year."))
    signing.deadlines_set(_place(board), **form.cleaned_data, by=reader.user_id)
    messages.success(request, gettext("The deadlines are kept."))
    return _back(board)


@require_safe
def signed(request: HttpRequest, step_id: int) -> HttpResponse:
    """Show the copy that a signature rests on."""
    step = course_selectors.step_visible_to(reader_of(request), step_id)
    context = {
        "step": step,
        "frozen": step.frozen,
        "stage_name": words.of(stages.stage(step.to_stage).name),
        "role_name": words.role(step.role),
        "is_broken": step.position in broken_steps(step.course),
        "items": [
            (item["id"], words.state(item["state"]), words.shape(item["state"]),
             [(f["value"], f["limit"]) for f in item["figures"]], item["entry"])
            for item in step.frozen["items"]
        ],
        "year": step.course.school_year.starts_on.year,
        "scope": {"label": step.course.bureau.name},
    }  # fmt: skip
    return render(request, "selfassessment/signed.html", context)


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """List who has not confirmed, to print or to paste into a group chat."""
    reader = reader_of(request)
    board = _whole_board(request, reader)
    context = {"shown": _shown(reader, board), **frame(board, request.path)}
    return render(request, "selfassessment/reminders.html", context)


def _whole_board(request: HttpRequest, reader: Reader) -> Board:
    board = board_of(request, reader)
    if not sees_whole(reader, board.bureau.pk):
        raise NotAllowed(say("Your posts of today do not see the self-assessment as a whole."))
    return board


def _shown(reader: Reader, board: Board) -> CourseShown:
    found = course_selectors.course_of(reader, board)
    answers = course_selectors.answers_of(found) if found else {}
    return CourseShown(
        found,
        steps=course_selectors.steps_of(reader, found) if found else [],
        answers=answers,
        outdated=outdated_of(found, answers) if found else frozenset(),
        schools=list(School.objects.filter(pk__in=board.schools).order_by("identifier")),
    )


def _may_sign(reader: Reader, board: Board, coming: stages.Stage) -> bool:
    return reader.holds(coming.signers, bureau_id=board.bureau.pk)


def _signature(reader: Reader, board: Board, roles: frozenset[str], seen: int) -> signing.Signature:
    role = role_of(reader, board.bureau.pk, roles)
    return signing.Signature(by=reader.user_id, role=role, at=clock.now(), seen=seen)


def _place(board: Board) -> signing.Yearly:
    return signing.Yearly(board.bureau.pk, board.school_year.pk, board.rules.id)


def _read(reader: Reader, board: Board) -> signing.Read:
    """Return the board of the same year as it is now, and its overall result."""
    now = selectors.board_visible_to(reader, board.bureau, board.school_year.starts_on.year)
    if now.rules.id != board.rules.id:
        raise Conflict(say("The rules of this year have changed since you opened the page."))
    shown = BoardShown(now, today=clock.today(), user_id=reader.user_id)
    return now, shown.overall


def _deadlines(shown: CourseShown) -> dict[str, Any]:
    found = shown.course
    if found is None:
        return {}
    days = {"school_deadline": found.school_deadline, "deadline": found.deadline}
    told = {name: day.isoformat() if day else "" for name, day in days.items()}
    return {**told, "target_year": found.target_year}


def _back(board: Board) -> HttpResponse:
    year = board.school_year.starts_on.year
    return redirect(f"{reverse('selfassessment:course')}?year={year}")

"""One item: its working and history, entering, planning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import people_at_bureau, reader_of
from junheng.apps.foundation import clock
from junheng.apps.registry.api import School
from junheng.apps.selfassessment import judging, selectors, services
from junheng.apps.selfassessment.forms import (
    AnswerForm,
    OtherForm,
    PlanForm,
    TermsForm,
    replaces,
)
from junheng.apps.selfassessment.models import Told
from junheng.apps.selfassessment.policies import KEEPERS, keeps, may_enter
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.present.board import BoardShown, item_url
from junheng.apps.selfassessment.present.item import ItemShown
from junheng.apps.selfassessment.views.frame import board_of, files_of, frame
from junheng.engine.standard.items import find_item
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.forms import ProvenForm
    from junheng.apps.selfassessment.selectors import Board, Row

OWN, OTHER = "own", "other"
"""Which of the two forms of a page was sent."""


@require_safe
def item(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show an item with its working, its history and what may be entered."""
    reader = reader_of(request)
    board = board_of(request, reader)
    return _page(request, reader, board, selectors.row_visible_to(board, item_id))


@require_POST
def enter(request: HttpRequest, item_id: str) -> HttpResponse:
    """Enter the county's terms or answer, or a figure of somebody else."""
    reader = reader_of(request)
    board = board_of(request, reader)
    row = selectors.row_visible_to(board, item_id)
    _require_entry(reader, board, row)
    is_other = request.POST.get("form") == OTHER
    form = OtherForm(request.POST) if is_other else _own_form(row, request.POST)
    if form is None:
        raise DataError(say("This item is computed: nothing is entered for it."))
    if form.is_valid() and (is_other or _is_judged(board, row, form)):
        services.item_enter(
            selectors.place_of(board, item_id),
            services.Entered(
                data=form.entered(),
                document=form.cleaned_data["document"],
                note=form.cleaned_data["note"],
                told_by=form.whose,
            ),
            replaces=form.replaced,
            role=services.role_of(reader, board.bureau.pk, KEEPERS),
            by=reader.user_id,
            now=clock.now(),
        )
        messages.success(request, gettext("It is entered and signed with your name."))
        return redirect(item_url(board, item_id))
    forms = {"other_form": form} if is_other else {"form": form}
    return _page(request, reader, board, row, **forms)


@require_POST
def plan(request: HttpRequest, item_id: str) -> HttpResponse:
    """Say who sees to an item, until when, and what is aimed at."""
    reader = reader_of(request)
    board = board_of(request, reader)
    row = selectors.row_visible_to(board, item_id)
    if not keeps(reader, board.bureau.pk):
        raise NotAllowed(say("Items are planned by the supervision office of the bureau."))
    form = PlanForm(people_at_bureau(board.bureau.pk, clock.today()), request.POST)
    if not form.is_valid():
        return _page(request, reader, board, row, plan_form=form)
    told = form.cleaned_data
    services.item_plan(
        selectors.place_of(board, item_id),
        services.Planned(
            department="" if told["department"] == row.spec.lead else told["department"],
            responsible_id=told["responsible"],
            deadline=told["deadline"],
            is_begun=told["is_begun"],
            target=told["target"].strip(),
        ),
        seen=told["seen"],
        by=reader.user_id,
        now=clock.now(),
    )
    messages.success(request, gettext("The plan of the item is kept."))
    return redirect(item_url(board, item_id))


def _page(
    request: HttpRequest, reader: Reader, board: Board, row: Row, **forms: Any
) -> HttpResponse:
    shown = ItemShown(
        BoardShown(
            board,
            today=clock.today(),
            user_id=reader.user_id,
            files=files_of(reader, board),
        ),
        row,
        history=selectors.history_visible_to(reader, board, row.id),
        path=selectors.path_of(reader, board, row.id),
        school_names=_names(row),
    )
    can_enter = _may_enter(reader, board, row)
    context: dict[str, Any] = {"shown": shown, "row": row, **frame(board, request.path)}
    if can_enter:
        context |= {"form": _own_form(row), "other_form": OtherForm(initial=_standing(row))}
    if keeps(reader, board.bureau.pk):
        context["plan_form"] = _plan_form(board, row)
    status = 422 if forms else 200
    return render(request, "selfassessment/item.html", context | forms, status=status)


def _may_enter(reader: Reader, board: Board, row: Row) -> bool:
    return may_enter(
        reader,
        board.bureau.pk,
        department=row.department,
        responsible_id=row.plan.responsible_id if row.plan else None,
    )


def _require_entry(reader: Reader, board: Board, row: Row) -> None:
    if not _may_enter(reader, board, row):
        raise NotAllowed(say("This item is filled in by whoever is responsible for it."))


def _own_form(row: Row, data: Mapping[str, Any] | None = None) -> ProvenForm | None:
    """Return the form of the county's own entry; None for what rows decide."""
    spec = row.spec
    if spec.origin != "entry":
        return None
    entry = row.entry
    initial: dict[str, Any] = {replaces(Told.COUNTY): entry.pk if entry else None, **row.terms}
    if entry is not None:
        initial |= {**entry.data, "document": entry.document, "note": entry.note}
    if spec.is_attested:
        return AnswerForm(words.answers(spec), data, initial=initial)
    return TermsForm(spec, data, initial=initial)


def _standing(row: Row) -> dict[str, int]:
    return {replaces(told_by): entry.pk for told_by, entry in row.others.items()}


def _plan_form(board: Board, row: Row) -> PlanForm:
    plan = row.plan
    initial = {
        "department": row.department,
        "responsible": plan.responsible_id if plan else None,
        "deadline": plan.deadline.isoformat() if plan and plan.deadline else "",
        "target": plan.target if plan else "",
        "is_begun": plan.is_begun if plan else False,
        "seen": plan.version if plan else 0,
    }
    return PlanForm(people_at_bureau(board.bureau.pk, clock.today()), initial=initial)


def _is_judged(board: Board, row: Row, form: ProvenForm) -> bool:
    """Whether the terms make sense to the engine; what it says against them goes to the form."""
    if row.spec.is_attested:
        return True
    found = find_item(board.rules, row.id)
    try:
        judging.judge_terms(
            found, row.spec, form.entered(), rules=board.rules, on=board.school_year.starts_on
        )
    except DataError as error:
        form.add_error(None, words.sentence(error.message))
        return False
    return True


def _names(row: Row) -> dict[int, str]:
    keys = {int(one.school) for one in row.result.obstacles if one.school} if row.result else set()
    return {school.pk: school.name for school in School.objects.filter(pk__in=keys)}

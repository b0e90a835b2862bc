"""Exports that need a second person: asked for, decided on, fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of, require_fresh_factor
from junheng.apps.foundation import clock, policies
from junheng.apps.intake.places import filled_template, known_rows, n_people, place_of
from junheng.apps.privacy import disclosures, words
from junheng.apps.privacy.models import ExportRequest, RequestState
from junheng.apps.privacy.policies import DECIDE
from junheng.apps.privacy.rules import disclosing
from junheng.apps.privacy.watermarks import watermark_of
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader

LISTED = 100
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class RequestShown:
    """One line of the list, and what its reader can do."""

    id: UUID
    what: str
    place: str
    n_rows: int
    purpose: str
    asked_by: str
    asked_at: datetime
    state: str
    decided_by: str
    can_decide: bool
    can_fetch: bool


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List the exports the reader asked for or may decide on."""
    reader = reader_of(request)
    rows = policies.visible(reader, ExportRequest.objects.all()).select_related(
        "bureau", "school", "asked_by", "decided_by"
    )
    waiting_first = [*rows.filter(state=RequestState.WAITING)[:LISTED]]
    others = rows.filter(~Q(state=RequestState.WAITING))[: LISTED - len(waiting_first)]
    now = clock.now()
    shown = [_shown(reader, one, now) for one in (*waiting_first, *others)]
    n_waiting = sum(one.can_decide for one in shown)
    text = gettext("%(n)d exports of personal data wait for your decision.")
    answer = text % {"n": n_waiting} if n_waiting else gettext("Nothing waits for your decision.")
    context = {"requests": shown, "answer": answer, "days": disclosing().request_days}
    return render(request, "privacy/requests.html", context)


def _shown(reader: Reader, one: ExportRequest, now: datetime) -> RequestShown:
    is_waiting = one.state == RequestState.WAITING
    return RequestShown(
        id=one.pk,
        what=f"{words.dataset_name(one.dataset)} {one.first_year}-{one.first_year + 1}",
        place=one.school.name if one.school else one.bureau.name,
        n_rows=one.n_rows,
        purpose=words.purpose_name(one.purpose),
        asked_by=one.asked_by.display_name,
        asked_at=timezone.localtime(one.asked_at),
        state=str(RequestState(one.state).label),
        decided_by=one.decided_by.display_name if one.decided_by else "",
        can_decide=is_waiting and policies.can(reader, DECIDE, one),
        can_fetch=one.asked_by_id == reader.user_id and disclosures.is_open(one, now),
    )


@require_POST
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or refuse the export that somebody else asked for."""
    is_approved = request.POST.get("act") == "approve"
    disclosures.request_decide(
        reader_of(request), request_id, is_approved=is_approved, now=clock.now()
    )
    messages.success(request, gettext("Approved.") if is_approved else gettext("Refused."))
    return redirect("privacy:requests")


@require_POST
def fetch(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Send an approved export, once; what was not approved in number does not go out."""
    reader = reader_of(request)
    found = disclosures.request_visible_to(reader, request_id)
    disclosures.require_fetchable(reader, found, clock.now())
    require_fresh_factor(request)
    where = place_of(
        reader, bureau_id=found.bureau_id, school_id=found.school_id, dataset=found.dataset
    )
    known = known_rows(where, found.dataset, first_year=found.first_year, with_people=True)
    n_rows = n_people(known)
    if n_rows > 2 * found.n_rows:
        raise NotAllowed(say("There are far more rows than were approved. Ask again."))
    now = clock.now()
    disclosures.request_fetch(reader, request_id, n_rows=n_rows, now=now)
    language = words.language()
    mark = watermark_of(
        request.user.get_username(), purpose=found.purpose, now=now, language=language
    )
    content = filled_template(
        where,
        found.dataset,
        known,
        first_year=found.first_year,
        language=language,
        watermark=mark,
    )
    response = HttpResponse(content, content_type=WORKBOOK)
    name = f"junheng-{found.dataset}-{found.first_year}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response

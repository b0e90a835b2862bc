"""Requests of a person about their own data: listed, recorded, decided on, fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from junheng.apps.accounts.api import reader_of, require_fresh_factor
from junheng.apps.foundation import clock, policies
from junheng.apps.jobs.api import enqueue
from junheng.apps.jobs.messages import from_json
from junheng.apps.privacy.forms import SubjectRequestForm
from junheng.apps.privacy.models import People, SubjectAct, SubjectCopy, SubjectState
from junheng.apps.privacy.policies import DECIDE
from junheng.apps.privacy.rules import requesting
from junheng.apps.privacy.subject_requests import (
    Told,
    recorded_by,
    requests_visible_to,
    subject_copy_fetch,
    subject_request_decide,
    subject_request_record,
)
from junheng.apps.privacy.tasks import carry_out_request
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.privacy.models import SubjectRequest

LISTED = 200
OPEN = (SubjectState.WAITING, SubjectState.RUNNING)


@dataclass(frozen=True)
class SubjectShown:
    """One line of the list, and what its reader can do."""

    id: UUID
    what: str
    number: str
    place: str
    asker: str
    asked_on: date
    due_on: date
    is_late: bool
    state: str
    outcome: str
    recorded_by: str
    decided_by: str
    can_decide: bool
    can_fetch: bool


@require_http_methods(["GET", "HEAD", "POST"])
def subjects(request: HttpRequest) -> HttpResponse:
    """List the requests of the reader's place and record another one."""
    reader = reader_of(request)
    people = recorded_by(reader)
    if not people and not reader.roles & requesting().approvers:
        raise NotAllowed(say("Your posts of today answer no requests of persons."))
    form = SubjectRequestForm(
        request.POST or None, people=people, initial={"asked_on": clock.today().isoformat()}
    )
    if people and form.is_valid():
        try:
            _record(reader, form)
        except DataError as error:
            form.add_error(None, error.render(gettext))
        else:
            messages.success(request, gettext("Recorded."))
            return redirect("privacy:subjects")
    shown = _listed(reader)
    context = {
        "requests": shown,
        "answer": _answer(shown),
        "rules": requesting(),
        "form": form if people else None,
    }
    status = 422 if people and form.is_bound else 200
    return render(request, "privacy/subjects.html", context, status=status)


def _record(reader: Reader, form: SubjectRequestForm) -> None:
    told = form.cleaned_data
    made = subject_request_record(
        told=Told(
            People(told["people"]),
            told["number"].strip(),
            SubjectAct(told["act"]),
            told["asker"].strip(),
            told["asked_on"],
        ),
        by=reader,
        now=clock.now(),
    )
    if made.state == SubjectState.RUNNING:
        _enqueue(made, reader)


def _enqueue(found: SubjectRequest, reader: Reader) -> None:
    key = f"privacy:subject:{found.pk}"
    enqueue(carry_out_request, by=reader.user_id, key=key, request_id=str(found.pk))


def _listed(reader: Reader) -> list[SubjectShown]:
    """Return the lines of the list, open ones first; four queries."""
    rows = requests_visible_to(reader).select_related(
        "bureau", "school", "recorded_by", "decided_by"
    )
    found = [*rows.filter(state__in=OPEN).order_by("due_on")[:LISTED]]
    found += rows.exclude(state__in=OPEN)[: LISTED - len(found)]
    copies = SubjectCopy.objects.filter(request__in=[one.pk for one in found])
    kept = set(policies.visible(reader, copies).values_list("request", flat=True))
    today = clock.today()
    return [_shown(reader, one, today, can_fetch=one.pk in kept) for one in found]


def _shown(reader: Reader, one: SubjectRequest, today: date, *, can_fetch: bool) -> SubjectShown:
    whose, act = str(People(one.people).label), str(SubjectAct(one.act).label)
    is_open = one.state in OPEN
    return SubjectShown(
        id=one.pk,
        what=f"{whose} · {act}",
        number=one.number,
        place=one.school.name if one.school else one.bureau.name,
        asker=one.asker,
        asked_on=one.asked_on,
        due_on=one.due_on,
        is_late=is_open and one.due_on < today,
        state=str(SubjectState(one.state).label),
        outcome=from_json(one.outcome).render(gettext) if one.outcome else "",
        recorded_by=one.recorded_by.display_name,
        decided_by=one.decided_by.display_name if one.decided_by else "",
        can_decide=one.state == SubjectState.WAITING and policies.can(reader, DECIDE, one),
        can_fetch=can_fetch,
    )


def _answer(shown: list[SubjectShown]) -> str:
    n_waiting = sum(one.can_decide for one in shown)
    n_late = sum(one.is_late for one in shown)
    if n_late:
        return gettext("%(n)d requests are past the day by which they had to be answered.") % {
            "n": n_late
        }
    if n_waiting:
        return gettext("%(n)d deletions wait for your decision.") % {"n": n_waiting}
    return gettext("Nothing waits for your decision, and nothing is late.")


@require_POST
def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or refuse the deletion that somebody else recorded."""
    reader = reader_of(request)
    is_approved = request.POST.get("act") == "approve"
    found = subject_request_decide(reader, request_id, is_approved=is_approved, now=clock.now())
    if is_approved:
        _enqueue(found, reader)
    messages.success(request, gettext("Approved.") if is_approved else gettext("Refused."))
    return redirect("privacy:subjects")


@require_POST
def fetch(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Send the copy that was made, once, to whoever recorded the request."""
    reader = reader_of(request)
    require_fresh_factor(request)
    content = subject_copy_fetch(reader, request_id, now=clock.now())
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="junheng-person.zip"'
    response["Cache-Control"] = "no-store"
    return response

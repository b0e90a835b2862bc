"""What privacy puts on the first page: what waits for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from junheng.apps.foundation import clock, policies
from junheng.apps.privacy.disclosures import is_open
from junheng.apps.privacy.models import ExportRequest, RequestState, SubjectState
from junheng.apps.privacy.policies import DECIDE
from junheng.apps.privacy.subject_requests import requests_visible_to
from junheng.apps.workspace.api import Share, Todo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from junheng.apps.accounts.api import Reader

LISTED = 5


def desk(reader: Reader, today: date) -> Share:
    """Return the exports and the requests of persons that wait for the reader."""
    return Share([*_exports(reader), *_persons(reader)])


def _exports(reader: Reader) -> Iterator[Todo]:
    rows = policies.visible(reader, ExportRequest.objects.all())
    open_ones = list(rows.filter(state__in=(RequestState.WAITING, RequestState.APPROVED)))
    waiting = sum(
        one.state == RequestState.WAITING and policies.can(reader, DECIDE, one) for one in open_ones
    )
    url, now = reverse("privacy:requests"), clock.now()
    if waiting:
        text = ngettext(
            "%(n)d export of personal data waits for your decision",
            "%(n)d exports of personal data wait for your decision",
            waiting,
        )
        yield Todo(text % {"n": waiting}, url, gettext("Decide"))
    own = sum(one.asked_by_id == reader.user_id and is_open(one, now) for one in open_ones)
    if own:
        text = ngettext(
            "%(n)d export that you asked for is approved",
            "%(n)d exports that you asked for are approved",
            own,
        )
        yield Todo(text % {"n": own}, url, gettext("Fetch"))


def _persons(reader: Reader) -> Iterator[Todo]:
    waiting = requests_visible_to(reader).filter(state=SubjectState.WAITING).order_by("due_on")
    mine = [one for one in waiting if policies.can(reader, DECIDE, one)]
    for one in mine[:LISTED]:
        yield Todo(
            gettext("A person asks for deletion of their data"),
            reverse("privacy:subjects"),
            gettext("Decide"),
            detail=str(one.get_people_display()),
            due=one.due_on,
        )

"""Showing values in full and handing them out: with a purpose, within limits, on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from junheng.apps.audit.api import record
from junheng.apps.foundation import clock, policies
from junheng.apps.privacy.models import Disclosure, DisclosureKind, ExportRequest, RequestState
from junheng.apps.privacy.policies import DECIDE
from junheng.apps.privacy.rules import disclosing
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from junheng.apps.accounts.api import Reader


@dataclass(frozen=True)
class Asked:
    """Whose rows are meant: one dataset (or "all") of a bureau, or of one school of it."""

    bureau_id: int
    school_id: int | None
    dataset: str
    first_year: int = 0


def purpose_checked(purpose: str) -> str:
    """Return the id of a purpose; DataError when it is none of the list."""
    if purpose not in disclosing().purposes:
        raise DataError(say("Choose the purpose for which the data are needed."))
    return purpose


@transaction.atomic
def unmask(
    reader: Reader, asked: Asked, *, keys: Sequence[str], purpose: str, now: datetime
) -> None:
    """Note that rows are shown in full to a reader, who may see them masked.

    Raises
    ------
    DataError
        No purpose of the list.
    NotAllowed
        The reader has been shown as many rows today as the setting allows.
    """
    purpose = purpose_checked(purpose)
    limit: int = settings.UNMASK_PER_DAY
    if shown_today(reader.user_id, now) + len(keys) > limit:
        raise NotAllowed(
            say("You may show {n} rows in full a day, and have. Go on tomorrow.", n=limit)
        )
    _note(reader, asked, DisclosureKind.UNMASK, purpose=purpose, n_rows=len(keys), now=now)
    kind = f"dataset:{asked.dataset}"
    record("unmask", reader=reader, kind=kind, keys=keys, purpose=purpose, n_rows=len(keys))


def shown_today(user_id: int, now: datetime) -> int:
    """Return how many rows were shown in full to somebody since midnight."""
    return _since_midnight(user_id, DisclosureKind.UNMASK, now)


def rows_left_alone(reader: Reader, now: datetime) -> int:
    """Return how many rows of people somebody may still take out today in small parts, alone.

    A program could take out everything page by page, where a person would be stopped at the first
    large file: its parts of a day count together.
    """
    limit: int = settings.EXPORT_ROWS_ALONE
    return max(0, limit - _since_midnight(reader.user_id, DisclosureKind.EXPORT, now))


def _since_midnight(user_id: int, kind: DisclosureKind, now: datetime) -> int:
    midnight = timezone.make_aware(datetime.combine(clock.today(now), time.min))
    noted = Disclosure.objects.filter(user=user_id, kind=kind, at__gte=midnight)
    return sum(noted.values_list("n_rows", flat=True))


@transaction.atomic
def export_ask(
    reader: Reader, asked: Asked, *, purpose: str, n_rows: int, now: datetime
) -> ExportRequest | None:
    """Note an export that may go out now (None), or the request that a second person decides on.

    `n_rows` counts rows that tell of persons. DataError without a purpose of the list.
    """
    purpose = purpose_checked(purpose)
    if n_rows <= settings.EXPORT_ROWS_ALONE:
        export_note(reader, asked, purpose=purpose, n_rows=n_rows, now=now)
        return None
    waiting = ExportRequest.objects.filter(
        bureau=asked.bureau_id,
        school=asked.school_id,
        dataset=asked.dataset,
        first_year=asked.first_year,
        purpose=purpose,
        asked_by=reader.user_id,
        state=RequestState.WAITING,
    ).first()
    return waiting or ExportRequest.objects.create(
        bureau_id=asked.bureau_id,
        school_id=asked.school_id,
        dataset=asked.dataset,
        first_year=asked.first_year,
        purpose=purpose,
        n_rows=n_rows,
        asked_by_id=reader.user_id,
        asked_at=now,
    )


def export_note(reader: Reader, asked: Asked, *, purpose: str, n_rows: int, now: datetime) -> None:
    """Put an export on record."""
    _note(reader, asked, DisclosureKind.EXPORT, purpose=purpose, n_rows=n_rows, now=now)
    kind = f"dataset:{asked.dataset}"
    record("export", reader=reader, kind=kind, purpose=purpose, n_rows=n_rows)


@transaction.atomic
def request_decide(
    reader: Reader, request_id: UUID, *, is_approved: bool, now: datetime
) -> ExportRequest:
    """Approve or refuse a request of somebody else.

    NotFound and NotAllowed as the policy says; DataError when it was decided already.
    """
    found = request_visible_to(reader, request_id, for_update=True)
    policies.require(reader, DECIDE, found)
    if found.state != RequestState.WAITING:
        raise DataError(say("This request was decided already."))
    found.state = RequestState.APPROVED if is_approved else RequestState.REFUSED
    found.decided_by_id, found.decided_at = reader.user_id, now
    found.save(update_fields=["state", "decided_by", "decided_at"])
    detail = f"{found.pk} {found.state}"
    record("decide", reader=reader, kind="privacy.ExportRequest", keys=[detail])
    return found


@transaction.atomic
def request_fetch(reader: Reader, request_id: UUID, *, n_rows: int, now: datetime) -> None:
    """Note that whoever asked fetches an approved export: once, and while the approval lasts."""
    found = request_visible_to(reader, request_id, for_update=True)
    require_fetchable(reader, found, now)
    found.state = RequestState.FETCHED
    found.save(update_fields=["state"])
    asked = Asked(found.bureau_id, found.school_id, found.dataset, found.first_year)
    export_note(reader, asked, purpose=found.purpose, n_rows=n_rows, now=now)


def require_fetchable(reader: Reader, request: ExportRequest, now: datetime) -> None:
    """Raise NotAllowed unless the reader asked for the export and may fetch it now."""
    if request.asked_by_id != reader.user_id or not is_open(request, now):
        raise NotAllowed(say("This export is not approved, was fetched already or is too old."))


def is_open(request: ExportRequest, now: datetime) -> bool:
    """Whether an approved request can still be fetched."""
    lasts = timedelta(days=disclosing().request_days)
    return (
        request.state == RequestState.APPROVED
        and request.decided_at is not None
        and now < request.decided_at + lasts
    )


def request_visible_to(
    reader: Reader, request_id: UUID, *, for_update: bool = False
) -> ExportRequest:
    """Return a request; NotFound for one that is not there or not the reader's to see."""
    rows = policies.visible(reader, ExportRequest.objects.all())
    if for_update:
        rows = rows.select_for_update()
    found: ExportRequest | None = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound(say("There is no such request, or it is not yours to see."))
    return found


def _note(
    reader: Reader,
    asked: Asked,
    kind: DisclosureKind,
    *,
    purpose: str,
    n_rows: int,
    now: datetime,
) -> None:
    Disclosure.objects.create(
        bureau_id=asked.bureau_id,
        school_id=asked.school_id,
        user_id=reader.user_id,
        at=now,
        kind=kind,
        dataset=asked.dataset,
        purpose=purpose,
        n_rows=n_rows,
    )

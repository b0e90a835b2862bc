"""From a file that somebody sent to an import that is checked: by a page or by a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.foundation import clock
from junheng.apps.foundation.shown import language
from junheng.apps.intake import services
from junheng.apps.intake.models import OPEN, Import
from junheng.apps.intake.places import EVERYTHING
from junheng.apps.intake.policies import require_import
from junheng.apps.intake.services import Source
from junheng.apps.intake.tasks import apply_import, check_import, undo_import
from junheng.apps.intake.years import choices
from junheng.apps.jobs.api import is_under_way
from junheng.apps.registry.api import school_year_ensure
from junheng.errors import Conflict, DataError, JunhengError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.places import Where

AT_ONCE_BYTES = 256 * 1024
"""Files up to this size are checked while their sender waits; larger ones are queued."""
HOUR = timedelta(hours=1)


class OtherFile(JunhengError):
    """A key under which something else was sent before."""


@dataclass(frozen=True)
class Sent:
    """A file with what it is: rows of a dataset of a place in a school year, perhaps the whole."""

    where: Where
    dataset: str
    first_year: int
    name: str
    content: bytes
    is_whole: bool

    @property
    def datasets(self) -> list[str]:
        """The ids of the datasets that the sender named."""
        return [] if self.dataset == EVERYTHING else [self.dataset]


def receive_and_check(reader: Reader, sent: Sent) -> Import:
    """Keep a file and check it; a large one is queued. TableFaults for one above the limit."""
    return check_soon(_receive(reader, sent), reader, allowed=sent.where.allowed)


def receive_once(reader: Reader, sent: Sent, *, key: str, most_an_hour: int) -> Import:
    """Do the same for a program that may send twice: the same again is the same import.

    The same: of the same bytes, place, year and datasets, sent by the same account under the same
    key; without a key, as long as the first one waits.

    Raises
    ------
    OtherFile
        The key was used for something else.
    NotAllowed
        More files within an hour than one account sends.
    """
    with transaction.atomic():
        services.lock_sender(reader.user_id)
        if earlier := _earlier(reader, sent, key):
            return earlier
        recent = Import.objects.filter(sent_by=reader.user_id, sent_at__gt=clock.now() - HOUR)
        if recent.count() >= most_an_hour:
            raise NotAllowed(
                say("At most {n} files an hour. Send several rows in one file.", n=most_an_hour)
            )
        received = _receive(reader, sent, key=key)
    return check_soon(received, reader, allowed=sent.where.allowed)


def _receive(reader: Reader, sent: Sent, *, key: str = "") -> Import:
    where = sent.where
    _check_year(sent.first_year)
    services.check_size(name=sent.name, n_bytes=len(sent.content))
    school_id = where.school.pk if where.school else None
    require_import(reader, bureau_id=where.bureau.pk, school_id=school_id, datasets=sent.datasets)
    return services.import_receive(
        bureau=where.bureau,
        school_year=school_year_ensure(first_year=sent.first_year),
        source=Source(sent.name, sent.content, reader.user_id, key),
        datasets=sent.datasets,
        school=where.school,
        is_whole=sent.is_whole,
    )


def apply_later(reader: Reader, source: Import, *, why: str = "") -> None:
    """Put the applying of a checked file into the queue; `why` in spite of what the guard found."""
    if source.alarms and not source.confirmed_why:
        services.import_confirm(source=source, by=reader.user_id, why=why)
    services.import_enqueue(source=source, task=apply_import, by=reader.user_id)


def undo_later(reader: Reader, source: Import) -> None:
    """Put the undoing of an applied import into the queue; Conflict while it is there already."""
    with transaction.atomic():
        # Of two who ask at once the second one waits here and sees the job of the first.
        held = Import.objects.select_for_update().get(pk=source.pk)
        if held.job_id and is_under_way(held.job_id, undo_import):
            raise Conflict(say("This import is being undone already. Wait until that has ended."))
        services.import_enqueue(source=held, task=undo_import, by=reader.user_id)
    source.job_id = held.job_id


def _check_year(first_year: int) -> None:
    taken = [year for year, _ in choices()]
    if first_year not in taken:
        raise DataError(
            say(
                "Rows of {year} are not taken in. Send those of {first} to {last}.",
                year=first_year,
                first=min(taken),
                last=max(taken),
            )
        )


def check_soon(source: Import, reader: Reader, *, allowed: Collection[str]) -> Import:
    """Check a received file at once when it is small, otherwise as a job.

    One whose place a newer file takes meanwhile stays unchecked: its page says so.
    """
    if source.n_bytes > AT_ONCE_BYTES:
        services.import_enqueue(
            source=source, task=check_import, by=reader.user_id, language=language()
        )
        return source
    try:
        return services.import_check(import_id=source.pk, allowed=allowed, language=language())
    except services.Superseded:
        return source


def _earlier(reader: Reader, sent: Sent, key: str) -> Import | None:
    """Return the import that the same made before."""
    rows = Import.objects.filter(sent_by=reader.user_id).prefetch_related("parts")
    if key:
        found = rows.filter(sent_key=key).first()
        if found is not None and not _is_same(found, sent):
            raise OtherFile(
                say("Something else was sent under this key before. Send this under a new one.")
            )
        return found
    waiting = rows.filter(state__in=OPEN, file_sha256=_digest(sent)).order_by("-sent_at")
    return next((one for one in waiting if _is_same(one, sent)), None)


def _is_same(source: Import, sent: Sent) -> bool:
    school = sent.where.school
    return (
        source.file_sha256 == _digest(sent)
        and source.bureau_id == sent.where.bureau.pk
        and source.school_id == (school.pk if school else None)
        and source.school_year.starts_on.year == sent.first_year
        and source.is_whole == sent.is_whole
        and [part.dataset for part in source.parts.all()] == sent.datasets
    )


def _digest(sent: Sent) -> str:
    return sha256(sent.content).hexdigest()

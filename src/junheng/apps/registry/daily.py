"""Daily work on single rows, through the targets: what a page does when somebody moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction

from junheng.apps.foundation import policies
from junheng.apps.registry.models import SchoolClass
from junheng.apps.registry.policies import CHANGE
from junheng.apps.registry.targets import Place, RowChange, rows_by_number, target
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.models import Pupil

SEPTEMBER = 9
TRANSFER = "transfer"
"""Way of entry of who comes from another school: a code of the list `entry_how`."""


def school_year_on(day: date) -> int:
    """Return the year in which the school year of a day begins.

    >>> school_year_on(date(2026, 8, 31)), school_year_on(date(2026, 9, 1))
    (2025, 2026)
    """
    return day.year if day.month >= SEPTEMBER else day.year - 1


@transaction.atomic
def pupil_move(
    *, reader: Reader, pupil: Pupil, school_class: SchoolClass, on: date, why: str = "pupil_move"
) -> UUID:
    """Move a pupil into a class from a day on; the class before ends the day before.

    Returns the batch in the journal. NotFound and NotAllowed by the policies of pupil and class;
    DataError when the pupil is in no class then, in this one already, or moves on that day anyway.
    """
    policies.require(reader, CHANGE, pupil)
    policies.require(reader, CHANGE, school_class)
    place = Place(pupil.bureau_id, school_year_on(on))
    pupils = target("pupils")
    day, before = on.isoformat(), (on - timedelta(days=1)).isoformat()
    rows = rows_by_number("pupils", place, pupil.code)
    now = next((row for row in rows if _lasts_over(row, day)), None)
    if now is None:
        raise DataError(say("The pupil is in no class that lasts over {day}.", day=day))
    if now["class_id"] == school_class.code:
        raise DataError(say("The pupil is in this class already."))
    moved = now | {"class_id": school_class.code, "from_date": day}
    left = SchoolClass.objects.get(bureau=pupil.bureau_id, code=now["class_id"])
    if left.school_id != school_class.school_id:
        moved["entry_how"] = TRANSFER
    closed = now | {"to_date": before}
    batch = uuid4()
    pupils.write(
        place,
        [
            RowChange((pupil.code, str(now["from_date"])), now, closed),
            RowChange((pupil.code, day), None, moved),
        ],
        by=reader.user_id,
        why=why,
        batch=batch,
    )
    return batch


def _lasts_over(row: dict[str, str | None], day: str) -> bool:
    """Whether a row began before a day and counts on it."""
    return str(row["from_date"]) < day and (row["to_date"] is None or row["to_date"] >= day)

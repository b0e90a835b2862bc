"""Upkeep of summaries: when it is due, and which counted days are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.foundation import scoping
from junheng.apps.registry.models import ClassCount, CountedDay, UnitTerms
from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

RULES = Path(__file__).parents[3] / "rules" / "summaries" / "upkeep.toml"


@dataclass(frozen=True)
class Upkeep:
    """When the night's upkeep is due, and how long every counted day is kept."""

    hour: int
    keep_days: int


@cache
def upkeep(path: Path = RULES) -> Upkeep:
    """Return the rules of upkeep; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    found = Upkeep(hour=top.whole("hour"), keep_days=top.whole("keep_days"))
    top.finish()
    top.faults.raise_any()
    return found


def days_to_clear(days: Iterable[date], *, today: date, keep_days: int) -> list[date]:
    """Return the counted days that go: older than `keep_days`, and not the last of their month.

    >>> from datetime import date
    >>> days = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 3, 1)]
    >>> days_to_clear(days, today=date(2026, 3, 20), keep_days=40)
    [datetime.date(2026, 1, 30)]
    """
    counted = sorted(days)
    last = {(day.year, day.month): day for day in counted}
    before = today - timedelta(days=keep_days)
    return [day for day in counted if day < before and day != last[day.year, day.month]]


@transaction.atomic
def clear_days(bureau_id: int, *, today: date) -> int:
    """Drop the counts of days that are kept no longer; return how many days that were.

    A day that is asked for again is counted anew.
    """
    with scoping.everything(reason="counts of days are kept for a while"):
        counted = CountedDay.objects.filter(bureau=bureau_id)
        days = list(counted.values_list("on_date", flat=True))
        gone = days_to_clear(days, today=today, keep_days=upkeep().keep_days)
        for model in (ClassCount, UnitTerms, CountedDay):
            model.objects.filter(bureau=bureau_id, on_date__in=gone).delete()
        return len(gone)

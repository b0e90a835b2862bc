"""How fresh the rows of a bureau are, and whether what is kept beside them follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.registry.models import CountedDay, DatasetVersion
from junheng.apps.registry.selectors import bureaus_visible_to
from junheng.apps.registry.summaries.counting import versions
from junheng.apps.registry.summaries.measuring import stamp_of
from junheng.engine import standard

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader


@dataclass(frozen=True)
class Freshness:
    """State of one bureau: datasets by when they were written, and the days that are counted.

    `is_measured`: the terms of units on the newest of these days are those of the rows as they
    stand.
    """

    county_code: str
    datasets: tuple[DatasetVersion, ...]
    counted_days: tuple[date, ...]
    is_measured: bool


def freshness_visible_to(reader: Reader) -> list[Freshness]:
    """Return the state of each bureau whose figures the reader reaches as a whole."""
    written = policies.visible(reader, DatasetVersion.objects.order_by("dataset"))
    counted = policies.visible(reader, CountedDay.objects.order_by("on_date"))
    days_of: dict[int, list[CountedDay]] = {}
    for day in counted:
        days_of.setdefault(day.bureau_id, []).append(day)
    rows_of: dict[int, list[DatasetVersion]] = {}
    for row in written:
        rows_of.setdefault(row.bureau_id, []).append(row)
    bureaus = bureaus_visible_to(reader).filter(pk__in=rows_of).order_by("code")
    return [
        _freshness(bureau.pk, bureau.code, rows_of[bureau.pk], days_of.get(bureau.pk, []))
        for bureau in bureaus
    ]


def _freshness(
    bureau_id: int, code: str, rows: list[DatasetVersion], days: list[CountedDay]
) -> Freshness:
    return Freshness(
        county_code=code,
        datasets=tuple(rows),
        counted_days=tuple(day.on_date for day in days),
        is_measured=bool(days) and days[-1].stamp in _stamps(bureau_id),
    )


def _stamps(bureau_id: int) -> set[str]:
    """Return what a measured day may be stamped with now, one for each rule set."""
    state = versions(bureau_id)
    return {stamp_of(state, standard.load(ref.id, ref.version)) for ref in standard.available()}

"""The list of assessments: what counts for each school year, and what was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.balance import mappings
from junheng.apps.balance.models import State
from junheng.apps.balance.present import frame, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from junheng.apps.balance.models import Assessment


@dataclass(frozen=True)
class HistoryRow:
    """One assessment in the list; `standing` says whether it counts, and if not why."""

    key: int
    year: str
    url: str
    verdict: str
    n_pass: int
    n_in_scope: int
    n_beyond: int
    ruleset: str
    source: str
    created_at: datetime
    standing: str
    why: str
    is_current: bool
    is_compared: bool


def rows(assessments: Iterable[Assessment]) -> list[HistoryRow]:
    """Return the list, newest first; the first published one of a year and rule set counts."""
    seen: set[tuple[int, int, str]] = set()
    found = []
    for one in assessments:
        place = (one.bureau_id, one.school_year_id, one.ruleset.ruleset_id)
        is_current = one.state == State.PUBLISHED and place not in seen
        if is_current:
            seen.add(place)
        found.append(_row(one, is_current=is_current))
    return found


def _row(one: Assessment, *, is_current: bool) -> HistoryRow:
    return HistoryRow(
        key=one.pk,
        year=frame.year_label(one),
        url=words.district_url(one),
        verdict=words.shown_status(one.verdict),
        n_pass=one.n_pass,
        n_in_scope=one.n_in_scope,
        n_beyond=one.n_beyond,
        ruleset=str(one.ruleset),
        source=words.source_name(one),
        created_at=one.created_at,
        standing=_standing(one, is_current=is_current),
        why=one.withdrawn_why,
        is_current=is_current,
        is_compared=mappings.is_mapping(one.ruleset.ruleset_id),
    )


def _standing(one: Assessment, *, is_current: bool) -> str:
    if is_current:
        return gettext("counts")
    return gettext("withdrawn") if one.state == State.WITHDRAWN else gettext("superseded")

"""Several sources of one figure: kept beside each other, compared, decided between."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from junheng.apps.catalogue import tolerances
from junheng.apps.catalogue.models import FigureDecision, Source, SourceValue
from junheng.apps.foundation import bulk, journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.api import school_year_ensure
from junheng.errors import DataError, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

BATCH = 500
COLUMNS = (
    "source_id", "school_year_id", "subject", "subject_name", "field", "value", "origin", "at",
)  # fmt: skip
Place = tuple[str, str]
"""Identifier of a school or unit, and field."""


@dataclass(frozen=True)
class Figure:
    """One figure of one school or stage unit as a source tells it; `value` a plain decimal."""

    subject: str
    subject_name: str
    field: str
    value: str


@dataclass(frozen=True)
class FigurePlace:
    """Where a figure stands: bureau, first year of the school year, school or unit, field."""

    bureau_id: int
    first_year: int
    subject: str
    field: str


@dataclass(frozen=True)
class Recorded:
    """How many values of a source are new, changed, the same as before."""

    n_new: int
    n_changed: int
    n_same: int


@dataclass(frozen=True)
class Difference:
    """A figure that sources tell differently.

    `values` stand in the order of the sources' kinds and names. `state` is `agrees` (within the
    tolerance), `open` or `decided`; a decision made on other figures than today's leaves it open.
    """

    subject: str
    subject_name: str
    field: str
    values: tuple[SourceValue, ...]
    size: Fraction
    is_large: bool
    state: str
    decision: FigureDecision | None

    @property
    def holding(self) -> SourceValue | None:
        """The value that holds by decision; None while nothing is decided."""
        if self.decision is None:
            return None
        return next(v for v in self.values if v.source_id == self.decision.source_id)


@transaction.atomic
def values_record(
    *,
    bureau_id: int,
    first_year: int,
    kind: str,
    name: str,
    figures: Iterable[Figure],
    by: int | None,
    now: datetime,
    origin: str = "",
) -> Recorded:
    """Keep what a source says; other sources' values stay beside it. Changes are journalled.

    New values are written in one go, changed ones in parts of 500.

    Raises
    ------
    DataError
        The source tells a figure twice.
    """
    source, _is_new = Source.objects.get_or_create(bureau_id=bureau_id, kind=kind, name=name)
    year = school_year_ensure(first_year=first_year)
    kept = {
        (value.subject, value.field): value
        for value in SourceValue.objects.filter(source=source, school_year=year)
    }
    new, changed, n_same = [], [], 0
    for figure in _once(figures):
        old = kept.get((figure.subject, figure.field))
        if old is None:
            new.append((source.pk, year.pk, *_told(figure), origin, now))
        elif Fraction(old.value) == Fraction(figure.value):
            n_same += 1
        else:
            before = {"value": old.value, "origin": old.origin}
            old.origin, old.at = origin, now
            changed.append((before, _filled(old, figure)))
    bulk.insert(SourceValue, COLUMNS, new)
    SourceValue.objects.bulk_update(
        [value for _, value in changed], ["value", "subject_name", "origin", "at"], BATCH
    )
    journal.record(
        [Changed(v, old, {"value": v.value, "origin": v.origin}) for old, v in changed],
        by=by,
        why="source changed",
        batch=uuid4(),
    )
    return Recorded(len(new), len(changed), n_same)


def differences(bureau_id: int, first_year: int) -> list[Difference]:
    """Return every figure that two or more sources tell differently, largest first of their kind.

    Two queries.
    """
    values = SourceValue.objects.filter(
        source__bureau=bureau_id, school_year__starts_on__year=first_year
    ).select_related("source")
    by_place: dict[Place, list[SourceValue]] = defaultdict(list)
    for value in values.order_by("subject", "field", "source__kind", "source__name"):
        by_place[value.subject, value.field].append(value)
    decided = _decisions(bureau_id, first_year)
    found = [
        _difference(several, decided.get(place))
        for place, several in by_place.items()
        if len({Fraction(v.value) for v in several}) > 1
    ]
    return sorted(found, key=lambda d: (d.state != "open", not d.is_large, d.field, -d.size))


@transaction.atomic
def figure_decide(
    figure: FigurePlace, *, source_id: int, reason: str, by: int, now: datetime
) -> FigureDecision:
    """Decide which source holds for a figure, with a reason; an earlier decision ends.

    Raises
    ------
    NotFound
        The sources do not differ there, or the source says nothing of it.
    DataError
        No reason is given.
    """
    text = reason.strip()[:200]
    if not text:
        raise DataError(say("Write why this source holds; the other figure stays beside it."))
    difference = _at(figure)
    if source_id not in {value.source_id for value in difference.values}:
        raise NotFound(say("This source says nothing of the figure."))
    figure_decision_end(figure, by=by, now=now)
    decision = FigureDecision.objects.create(
        bureau_id=figure.bureau_id,
        school_year=school_year_ensure(first_year=figure.first_year),
        subject=figure.subject,
        field=figure.field,
        source_id=source_id,
        values=_said(difference.values),
        reason=text,
        decided_by_id=by,
        decided_at=now,
    )
    journal.record([Changed(decision, None, journal.fields_of(decision))], by=by, why="decided")
    return decision


@transaction.atomic
def figure_decision_end(figure: FigurePlace, *, by: int, now: datetime) -> int:
    """Take back what was decided of a figure; return how many decisions ended (none or one)."""
    standing = FigureDecision.objects.filter(
        bureau=figure.bureau_id,
        school_year__starts_on__year=figure.first_year,
        subject=figure.subject,
        field=figure.field,
        ended_at__isnull=True,
    )
    ended = list(standing)
    for decision in ended:
        decision.ended_by_id, decision.ended_at = by, now
        decision.save(update_fields=["ended_by", "ended_at"])
    journal.record(
        [Changed(d, {"ended_at": None}, {"ended_at": now}) for d in ended], by=by, why="taken back"
    )
    return len(ended)


def _once(figures: Iterable[Figure]) -> list[Figure]:
    """Return the figures; DataError where a source tells one figure twice."""
    found: dict[Place, Figure] = {}
    for figure in figures:
        if (figure.subject, figure.field) in found:
            raise DataError(
                say(
                    "The source tells “{field}” of {subject} twice. Leave one of them out.",
                    field=figure.field,
                    subject=figure.subject,
                )
            )
        found[figure.subject, figure.field] = figure
    return list(found.values())


def _told(figure: Figure) -> tuple[str, str, str, str]:
    return figure.subject, figure.subject_name[:100], figure.field, figure.value


def _filled(value: SourceValue, figure: Figure) -> SourceValue:
    value.subject, value.subject_name, value.field, value.value = _told(figure)
    return value


def _decisions(bureau_id: int, first_year: int) -> Mapping[Place, FigureDecision]:
    rows = FigureDecision.objects.filter(
        bureau=bureau_id, school_year__starts_on__year=first_year, ended_at__isnull=True
    )
    return {(d.subject, d.field): d for d in rows.select_related("decided_by", "source")}


def _difference(values: Sequence[SourceValue], decision: FigureDecision | None) -> Difference:
    figures = sorted(Fraction(value.value) for value in values)
    low, high = figures[0], figures[-1]
    tolerance = tolerances.load().of(values[0].field)
    is_current = decision is not None and decision.values == _said(values)
    is_open = not tolerance.agrees(low, high)
    return Difference(
        subject=values[0].subject,
        subject_name=next((v.subject_name for v in values if v.subject_name), ""),
        field=values[0].field,
        values=tuple(values),
        size=high - low,
        is_large=tolerance.is_large(low, high),
        state="decided" if is_current else "open" if is_open else "agrees",
        decision=decision if is_current else None,
    )


def _said(values: Iterable[SourceValue]) -> dict[str, str]:
    return {str(value.source_id): value.value for value in values}


def _at(figure: FigurePlace) -> Difference:
    for difference in differences(figure.bureau_id, figure.first_year):
        if (difference.subject, difference.field) == (figure.subject, figure.field):
            return difference
    raise NotFound(say("The sources do not differ there."))

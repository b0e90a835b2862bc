"""The full recount: everything from the rows themselves, compared with what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.foundation import scoping
from junheng.apps.registry.daily import school_year_on
from junheng.apps.registry.models import ClassCount, CountedDay, UnitTerms
from junheng.apps.registry.summaries.counting import count, counted, versions
from junheng.apps.registry.summaries.measuring import measured_terms, stamp_of
from junheng.apps.registry.summaries.warm import Warm
from junheng.apps.registry.targets import Place
from junheng.engine.standard.person_level.reader import measure_relations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from junheng.engine.standard.ruleset import RuleSet


@dataclass(frozen=True)
class Difference:
    """One summary that was not what the rows say. `kept` and `found` are None where there is none.

    `summary` is `class` or `unit`, `number` the class or unit, `figure` its column.
    """

    on: date
    summary: str
    number: str
    figure: str
    kept: str | None
    found: str | None


@transaction.atomic
def recount(bureau_id: int, *, ruleset: RuleSet) -> list[Difference]:
    """Count every kept day of a bureau anew, put right what differs, and return it.

    Terms that are older than the rows are measured at the next reading and are no difference.
    """
    found: list[Difference] = []
    with scoping.everything(reason="recount of summaries"):
        state = versions(bureau_id)
        for day in CountedDay.objects.filter(bureau=bureau_id).order_by("on_date"):
            found += _classes(bureau_id, day.on_date)
            if day.stamp == stamp_of(state, ruleset):
                found += _units(bureau_id, day.on_date, ruleset)
            if found:
                CountedDay.objects.filter(pk=day.pk).update(stamp="")
    return found


def _classes(bureau_id: int, on: date) -> Iterator[Difference]:
    kept = dict(
        ClassCount.objects.filter(bureau=bureau_id, on_date=on).values_list(
            "class_code", "n_pupils"
        )
    )
    found = counted(bureau_id, on)
    wrong = sorted(code for code in kept.keys() | found.keys() if kept.get(code) != found.get(code))
    if wrong:
        count(bureau_id, on, wrong)
    for code in wrong:
        yield Difference(
            on, "class", code, "n_pupils", _text(kept.get(code)), _text(found.get(code))
        )


def _units(bureau_id: int, on: date, ruleset: RuleSet) -> Iterator[Difference]:
    """Measure in a new session, from new counts."""
    fresh = Warm(Place(bureau_id, school_year_on(on), in_force_on=on))
    fresh.refresh(versions(bureau_id))
    fresh.count(counted(bureau_id, on))
    with fresh.session:
        table = measure_relations(fresh.session, ruleset, statistics_date=on, checks_people=False)
        found = measured_terms(table)
    rows = UnitTerms.objects.filter(bureau=bureau_id, on_date=on)
    kept = dict(rows.values_list("unit_id", "terms"))
    for unit in sorted(kept.keys() | found.keys()):
        one, other = kept.get(unit, {}), found.get(unit, {})
        for figure in sorted(one.keys() | other.keys()):
            if one.get(figure) != other.get(figure):
                yield Difference(on, "unit", unit, figure, one.get(figure), other.get(figure))


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)

"""The terms of units as they are now: measured by the engine's definition, and kept."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.foundation import scoping
from junheng.apps.registry.daily import school_year_on
from junheng.apps.registry.models import CountedDay, UnitTerms
from junheng.apps.registry.summaries.counting import class_counts, versions
from junheng.apps.registry.summaries.warm import Warm
from junheng.apps.registry.targets import Place
from junheng.engine.standard.person_level.reader import measure_relations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.standard.unit_table import UnitTable

Terms = dict[str, dict[str, str | None]]
"""Unit to column of the relation `terms` to its whole number as text."""

WARM_AT_MOST = 8
"""Bureaus and days for which a session is held at a time; one of a district takes some 20 MB."""

_making = Lock()


def fresh_units(bureau_id: int, *, on: date, ruleset: RuleSet) -> UnitTable:
    """Return the unit table of a bureau on a day, for `assess`, from the summaries.

    Whatever was committed, or written by this transaction, is in it. `UnitTerms` of the day are
    brought up to date. The table belongs to a session that later calls change: assess it at once,
    in the same thread. DataError and TableFaults as `measure_persons`.
    """
    state = versions(bureau_id)
    counts = class_counts(bureau_id, on)
    warm = _warm(bureau_id, on, ruleset.digest)
    with warm.lock:
        warm.refresh(state)
        warm.count(counts)
        table = measure_relations(warm.session, ruleset, statistics_date=on, checks_people=False)
        terms = measured_terms(table)
    # Not while others wait for the session: who writes may have to wait for a transaction.
    _keep(terms, bureau_id, on, stamp_of(state, ruleset))
    return table


def stamp_of(state: Mapping[str, UUID], ruleset: RuleSet) -> str:
    """Return what names the states of all datasets and the rule set together."""
    told = [ruleset.digest, *(f"{name}={state[name]}" for name in sorted(state))]
    return sha256("\n".join(told).encode()).hexdigest()


def _warm(bureau_id: int, on: date, digest: str) -> Warm:
    with _making:
        return _held(bureau_id, on, digest)


@lru_cache(WARM_AT_MOST)
def _held(bureau_id: int, on: date, _digest: str) -> Warm:
    return Warm(Place(bureau_id, school_year_on(on), in_force_on=on))


def measured_terms(table: UnitTable) -> Terms:
    """Return the whole numbers of the relation `terms` by unit, as text."""
    session = table.session
    names = [name for name in session.columns("terms") if name != "unit_ix"]
    listed = ", ".join(f"CAST(t.{name} AS VARCHAR)" for name in names)
    rows = session.rows(f"SELECT u.unit_id, {listed} FROM terms t JOIN units u USING (unit_ix)")
    return {
        str(unit): {
            name: None if value is None else str(value)
            for name, value in zip(names, values, strict=True)
        }
        for unit, *values in rows
    }


def _keep(new: Terms, bureau_id: int, on: date, stamp: str) -> None:
    """Write the terms that differ from those kept, unless nothing has changed since."""
    with scoping.everything(reason="terms of units"):
        days = CountedDay.objects.filter(bureau=bureau_id, on_date=on)
        if days.filter(stamp=stamp).exists():
            return
        with transaction.atomic():
            day = days.select_for_update().get()
            _keep_units(new, bureau_id, on)
            CountedDay.objects.filter(pk=day.pk).update(stamp=stamp)


def _keep_units(new: Terms, bureau_id: int, on: date) -> None:
    mine = UnitTerms.objects.filter(bureau=bureau_id, on_date=on)
    kept = {row.unit_id: row for row in mine}
    if gone := kept.keys() - new.keys():
        mine.filter(unit_id__in=gone).delete()
    changed = [kept[u] for u in kept.keys() & new.keys() if kept[u].terms != new[u]]
    for row in changed:
        row.terms = new[row.unit_id]
    UnitTerms.objects.bulk_update(changed, ["terms"], batch_size=500)
    UnitTerms.objects.bulk_create(
        UnitTerms(bureau_id=bureau_id, on_date=on, unit_id=unit, terms=new[unit])
        for unit in sorted(new.keys() - kept.keys())
    )

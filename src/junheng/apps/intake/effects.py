"""What applying an import changed in the figures of units: measured before and after it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from junheng.apps.foundation import scoping
from junheng.apps.intake.models import Import
from junheng.apps.jobs.api import progress
from junheng.apps.registry.api import fresh_units
from junheng.engine import standard
from junheng.engine.standard.assess import assess
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from junheng.engine.standard.results import UnitResult

    Units = Mapping[str, UnitResult]

STATISTICS_DAY = (9, 1)
"""Month and day on which the figures of a school year are counted."""


@dataclass(frozen=True)
class CellEffect:
    """One indicator of a unit before and after: value, None when missing, and status."""

    indicator: str
    old: float | None
    new: float | None
    old_status: str
    new_status: str


@dataclass(frozen=True)
class UnitEffect:
    """One unit whose verdict, pupils or indicators an import changed; "" for no verdict."""

    unit_id: str
    school_name: str
    stage: str
    old_verdict: str
    new_verdict: str
    old_pupils: int | None
    new_pupils: int | None
    cells: tuple[CellEffect, ...]


@contextmanager
def noted(import_id: UUID | str, *, wanted: bool) -> Iterator[None]:
    """Keep what the block changes in units with the import, in the caller's transaction.

    Not measured, and None kept, where the stored rows cannot be measured before or after.
    """
    if not wanted:
        yield
        return
    with scoping.everything(reason="what an import changes in units"):
        source = Import.objects.select_related("school_year").get(pk=import_id)
    progress(0.02, say("Measuring the indicators ..."))
    before = _units(source)
    yield
    progress(0.97, say("Measuring the indicators ..."))
    after = _units(source)
    if before is None or after is None:
        return
    found = [asdict(one) for one in differing(before, after)]
    with scoping.everything(reason="what an import changes in units"):
        Import.objects.filter(pk=import_id).update(effects=found)


def differing(before: Units, after: Units) -> list[UnitEffect]:
    """Return the units that are not the same before and after, by unit id."""
    both = sorted(before.keys() | after.keys())
    found = (_effect(before.get(unit), after.get(unit)) for unit in both)
    return [
        one
        for one in found
        if one.cells or (one.old_verdict, one.old_pupils) != (one.new_verdict, one.new_pupils)
    ]


def _effect(old: UnitResult | None, new: UnitResult | None) -> UnitEffect:
    unit = new or old
    if unit is None:
        raise ValueError("a unit is there before or after")
    return UnitEffect(
        unit.unit_id,
        unit.school_name or unit.unit_id,
        unit.stage,
        old.verdict if old else "",
        new.verdict if new else "",
        old.pupils if old else None,
        new.pupils if new else None,
        tuple(_cells(old, new)) if old and new else (),
    )


def _cells(old: UnitResult, new: UnitResult) -> Iterator[CellEffect]:
    for name, is_now in new.cells.items():
        was = old.cells[name]
        if (was.value, was.status) != (is_now.value, is_now.status):
            yield CellEffect(name, was.value, is_now.value, was.status, is_now.status)


def _units(source: Import) -> Units | None:
    """Return the units as they are now, by id; None when they cannot be measured."""
    rules = standard.load(standard.DEFAULT_RULESET_ID)
    day = date(source.school_year.starts_on.year, *STATISTICS_DAY)
    with scoping.everything(reason="what an import changes in units"):
        try:
            table = fresh_units(source.bureau_id, on=day, ruleset=rules)
        except DataError:
            return None
        return {unit.unit_id: unit for unit in assess(table).units}

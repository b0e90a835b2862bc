"""Writes of bureaus, school years, schools and units, each journalled in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from junheng.apps.foundation import journal, scoping
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.models import (
    Bureau,
    Locality,
    School,
    SchoolKind,
    SchoolYear,
    Stage,
    StageUnit,
)
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID


@dataclass(frozen=True)
class SchoolRow:
    """One school as a table tells it. Blank (or None) says nothing and changes nothing.

    `stages`: what it holds; a stage that is there already and not named here stays.
    """

    identifier: str
    name_zh: str
    kind: SchoolKind
    stages: tuple[Stage, ...]
    name_en: str = ""
    locality: Locality | None = None
    x_m: float | None = None
    y_m: float | None = None

    def told(self) -> dict[str, Any]:
        """Return the fields of a school that the row says something about."""
        said = {
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "kind": self.kind.value,
            "locality": self.locality and self.locality.value,
            "x_m": self.x_m,
            "y_m": self.y_m,
        }
        return {name: value for name, value in said.items() if value not in (None, "")}


@dataclass(frozen=True)
class SyncOutcome:
    """What a sync did. `schools`: identifier to id; `units`: (identifier, stage) to id."""

    schools: Mapping[str, int]
    units: Mapping[tuple[str, str], int]
    n_new: int
    n_changed: int
    n_same: int


@transaction.atomic
def bureau_ensure(*, code: str, name_zh: str, name_en: str = "", is_simulated: bool) -> Bureau:
    """Return the bureau of a code, made if need be; DataError when simulated and real would mix."""
    with scoping.everything(reason="A bureau is made before anyone has a post in it."):
        bureau, is_new = Bureau.objects.get_or_create(
            code=code,
            defaults={"name_zh": name_zh, "name_en": name_en, "is_simulated": is_simulated},
        )
    if bureau.is_simulated != is_simulated:
        raise DataError(
            say("Bureau {code} is there already; simulated and real data never mix.", code=code)
        )
    if is_new:
        journal.record(
            [Changed(bureau, None, journal.fields_of(bureau))], by=None, why="bureau_ensure"
        )
    return bureau


def school_year_ensure(*, first_year: int) -> SchoolYear:
    """Return the school year that begins on 1 September of `first_year`, made if need be."""
    return SchoolYear.objects.get_or_create(starts_on=date(first_year, 9, 1))[0]


@transaction.atomic
def school_sync(
    *,
    bureau_id: int,
    rows: Sequence[SchoolRow],
    by: int | None,
    why: str,
    batch: UUID | None = None,
) -> SyncOutcome:
    """Make and update the schools and units of one bureau from a table.

    Schools that the table leaves out stay as they are. Constant number of queries (bulk writes in
    parts of 500), whatever the number of schools. NotAllowed when the scope in force does not
    reach the whole bureau; DataError when an identifier stands twice.
    """
    check_reach(bureau_id)
    _check_once(rows)
    known = {s.identifier: s for s in School.objects.filter(bureau=bureau_id).select_for_update()}
    new = [_new_school(bureau_id, row) for row in rows if row.identifier not in known]
    School.objects.bulk_create(new, batch_size=500)
    edits = {
        row.identifier: edit
        for row in rows
        if row.identifier in known and (edit := _apply(known[row.identifier], row))
    }
    changed = [known[identifier] for identifier in edits]
    School.objects.bulk_update(changed, list(SCHOOL_FIELDS), batch_size=500)
    created = [Changed(school, None, journal.fields_of(school)) for school in new]
    journal.record([*created, *edits.values()], by=by, why=why, batch=batch)
    schools = {s.identifier: s.pk for s in [*known.values(), *new]}
    return SyncOutcome(
        schools=schools,
        units=_sync_units(bureau_id, schools, rows, by=by, why=why, batch=batch),
        n_new=len(new),
        n_changed=len(changed),
        n_same=len(rows) - len(new) - len(changed),
    )


SCHOOL_FIELDS = ("name_zh", "name_en", "kind", "locality", "x_m", "y_m")


def check_reach(bureau_id: int) -> None:
    """Raise NotAllowed where the scope in force does not reach the whole bureau."""
    scope = scoping.current()
    if scope is None or not (scope.is_everything or bureau_id in scope.bureaus):
        raise NotAllowed(say("Your posts of today do not reach this bureau as a whole."))


def _check_once(rows: Sequence[SchoolRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.identifier in seen:
            raise DataError(
                say("School {school} stands twice in the table.", school=row.identifier)
            )
        seen.add(row.identifier)


def _new_school(bureau_id: int, row: SchoolRow) -> School:
    return School(bureau_id=bureau_id, identifier=row.identifier, **row.told())


def _apply(school: School, row: SchoolRow) -> Changed | None:
    """Put what a row says into a school; return the change, or None when nothing differs."""
    before = {name: getattr(school, name) for name in row.told()}
    old, new = journal.difference(before, row.told())
    for name, value in new.items():
        setattr(school, name, value)
    return Changed(school, old, new) if new else None


def _sync_units(
    bureau_id: int,
    schools: Mapping[str, int],
    rows: Sequence[SchoolRow],
    *,
    by: int | None,
    why: str,
    batch: UUID | None,
) -> dict[tuple[str, str], int]:
    wanted = [(row.identifier, stage.value) for row in rows for stage in row.stages]
    identifiers = {school_id: identifier for identifier, school_id in schools.items()}
    present = StageUnit.objects.filter(bureau=bureau_id)
    units = {(identifiers[unit.school_id], unit.stage): unit.pk for unit in present}
    new = [
        StageUnit(bureau_id=bureau_id, school_id=schools[identifier], stage=stage)
        for identifier, stage in wanted
        if (identifier, stage) not in units
    ]
    StageUnit.objects.bulk_create(new, batch_size=500)
    made = [Changed(unit, None, journal.fields_of(unit)) for unit in new]
    journal.record(made, by=by, why=why, batch=batch)
    return units | {(identifiers[unit.school_id], unit.stage): unit.pk for unit in new}

"""Whose rows they are: the school of a row, and refusing those of other schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import bulk
from junheng.apps.registry.models import Employment, School, SchoolClass, Staff, StageUnit
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from junheng.apps.registry.targets.records import Place, RowChange
    from junheng.apps.registry.targets.spec import Spec

_NAMED = {
    "class_id": f"{SchoolClass._meta.db_table} r JOIN {School._meta.db_table} s "
    "ON s.id = r.school_id WHERE r.bureau_id = %s AND r.code IN ({values})",
    "unit_id": f"{StageUnit._meta.db_table} r JOIN {School._meta.db_table} s "
    "ON s.id = r.school_id WHERE r.bureau_id = %s AND r.unit_id IN ({values})",
    "staff_id": f"{Staff._meta.db_table} r JOIN {Employment._meta.db_table} e "
    f"ON e.staff_id = r.id JOIN {School._meta.db_table} s ON s.id = e.school_id "
    "WHERE r.bureau_id = %s AND r.code IN ({values})",
}
"""FROM text to the schools that a number of a field leads to."""


def check_own(spec: Spec, place: Place, changes: Sequence[RowChange]) -> None:
    """Raise NotAllowed for a change of a row that belongs to no school of the place."""
    if place.schools is None:
        return
    field = spec.school_field
    rows = [row for change in changes for row in (change.old, change.new) if row is not None]
    named = {row.get(field) or "" for row in rows} if field else {""}
    known = schools_of(place.bureau_id, field, named)
    for number in sorted(named):
        if not known.get(number, set()) & place.schools:
            raise NotAllowed(
                say(
                    "{dataset}: “{value}” does not belong to the schools you act for.",
                    dataset=spec.contract.name.zh,
                    value=number,
                )
            )


def schools_of(bureau_id: int, field: str, numbers: Iterable[str]) -> Mapping[str, set[str]]:
    """Return the identifiers of the schools that each number of a field leads to."""
    if field not in _NAMED:
        return {number: {number} for number in numbers if field == "school_id"}
    code = "r.unit_id" if field == "unit_id" else "r.code"
    sql = f"SELECT {code}, s.identifier FROM {_NAMED[field]}"
    found: dict[str, set[str]] = {}
    for number, identifier in bulk.rows_where_in(sql, [bureau_id], numbers):
        found.setdefault(number, set()).add(identifier)
    return found

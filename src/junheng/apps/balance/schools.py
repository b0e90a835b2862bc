"""The schools that a unit table names, for the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.registry.api import School, SchoolKind, SchoolRow, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.measuring import MeasuredUnit


def school_rows(bureau_id: int, units: Sequence[MeasuredUnit]) -> list[SchoolRow]:
    """Return the schools that a table names; what the registry knows of their kind stays."""
    known = dict(School.objects.filter(bureau=bureau_id).values_list("identifier", "kind"))
    by_school: dict[str, list[MeasuredUnit]] = {}
    for unit in units:
        by_school.setdefault(unit.school_identifier, []).append(unit)
    return [
        SchoolRow(
            identifier=identifier,
            name_zh=parts[0].school_name,
            kind=SchoolKind(known.get(identifier) or kind_of(parts)),
            stages=tuple(Stage(unit.stage) for unit in parts),
        )
        for identifier, parts in by_school.items()
    ]


def kind_of(parts: Sequence[MeasuredUnit]) -> SchoolKind:
    """Return the kind of school that the units of a table let one suppose."""
    by_unit_kind = {
        "special": SchoolKind.SPECIAL,
        "vocational": SchoolKind.VOCATIONAL,
        "teaching_point": SchoolKind.TEACHING_POINT,
    }
    if parts[0].kind in by_unit_kind:
        return by_unit_kind[parts[0].kind]
    stages = {unit.stage for unit in parts}
    if len(stages) > 1:
        return SchoolKind.NINE_YEAR
    return SchoolKind.PRIMARY if stages == {"primary"} else SchoolKind.JUNIOR

"""Two snapshots beside each other, school by school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.snapshot.figures import differences, read_json
from junheng.engine.snapshot.manifest import FIGURES
from junheng.engine.snapshot.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.snapshot.figures import Difference, Figures, Scalar
    from junheng.engine.snapshot.manifest import Manifest

OF_A_UNIT = frozenset({"units", "cells", "facts"})


@dataclass(frozen=True)
class SchoolChanges:
    """What differs at one school: its units, cells and raw figures."""

    school_id: str
    school_name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between two snapshots; empty where they agree.

    `is_same_ruleset` tells whether both were measured by the same bytes of the same rules, and
    `has_same_key` whether people can be followed from one to the other.
    """

    before: Manifest
    after: Manifest
    is_same_ruleset: bool
    has_same_key: bool
    schools: tuple[SchoolChanges, ...]
    coefficients: tuple[Difference, ...]
    counties: tuple[Difference, ...]


def compare(before: Path, after: Path) -> Comparison:
    """Check two snapshots and return what differs, from the figures kept in them.

    Raises
    ------
    SnapshotDamaged
        A byte of one of them was changed.
    """
    old, new = verify(before), verify(after)
    old_figures, new_figures = read_json(before / FIGURES), read_json(after / FIGURES)
    found = list(differences(old_figures, new_figures))
    key = old.content["pseudonyms"]["key_fingerprint"]
    return Comparison(
        before=old,
        after=new,
        is_same_ruleset=old.content["ruleset"]["sha256"] == new.content["ruleset"]["sha256"],
        has_same_key=bool(key) and key == new.content["pseudonyms"]["key_fingerprint"],
        schools=_by_school(found, [old_figures, new_figures]),
        coefficients=tuple(d for d in found if d.table in {"dispersion", "left_out"}),
        counties=tuple(d for d in found if d.table == "counties"),
    )


def _by_school(found: list[Difference], both: list[Figures]) -> tuple[SchoolChanges, ...]:
    """Gather differences of units under their schools; the later name of a school is told."""
    school_of = {u["unit_id"]: u["school_id"] for figures in both for u in figures["units"]}
    names = {u["school_id"]: u["school_name"] for figures in both for u in figures["units"]}
    gathered: dict[Scalar, list[Difference]] = {}
    for difference in _without_parts_of_whole_units(found):
        gathered.setdefault(school_of[difference.key[0]], []).append(difference)
    return tuple(
        SchoolChanges(str(school or ""), str(names[school] or ""), tuple(listed))
        for school, listed in gathered.items()
    )


def _without_parts_of_whole_units(found: list[Difference]) -> list[Difference]:
    """Leave out cells and facts of a unit that is new or gone: the unit itself says it."""
    whole = {d.key[0] for d in found if d.table == "units" and d.change != "changed"}
    of_units = [d for d in found if d.table in OF_A_UNIT]
    return [d for d in of_units if d.table == "units" or d.key[0] not in whole]

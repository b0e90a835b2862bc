"""What one school reports: who it is, and a cell for each figure of the layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.paths import folded
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.annual_statistics.figures import Cell, Faults, Place
    from junheng.engine.annual_statistics.layout import Kind, Layout, SchoolStage
    from junheng.engine.annual_statistics.paths import Path
    from junheng.engine.standard.ruleset import Stage
    from junheng.errors import Fault


@dataclass
class SchoolReturn:
    """One school or point as it stands in a file.

    `stage` is that of a stage's workbook, None for a school's own. `absent` holds, for figures
    whose table, row or column is not there, the fault to be told if the figure is needed.
    `classes` holds the number of classes by stage and lowest size. `details` are further cells of
    tables, by table, row and column, which only writers know.
    """

    id: str
    name: str
    county: str
    kind: Kind
    is_counted: bool
    parent: str
    place: Place
    stage: SchoolStage | None = None
    cells: dict[str, Cell] = field(default_factory=dict)
    absent: dict[str, Fault] = field(default_factory=dict)
    classes: dict[tuple[Stage, int], int] = field(default_factory=dict)
    details: dict[tuple[str, Path, Path], int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells two schools apart: county, and identifier or name; for points both."""
        own = self.id or self.name
        return (self.county, own) if self.is_counted else (self.county, own, self.name, "point")


def identified(
    layout: Layout, texts: Mapping[str, str], place: Place, faults: Faults, *, kind_word: str = ""
) -> SchoolReturn | None:
    """Return a school from the texts of its identity, or None with the faults told.

    `kind_word` is what the names of sheets say where the kind itself is not filled in.
    """
    name = texts.get("school_name", "")
    word = texts.get("kind", "") or kind_word
    kind = layout.kind(word)
    before = len(faults.found)
    if not name:
        labels = ", ".join(layout.identity["school_name"])
        remedy = say("Fill in the name of the school ({labels}).", labels=labels)
        faults.add(place.fault(say("the school has no name."), remedy))
    if kind is None:
        _tell_kind(layout, word, place, faults)
    is_counted = _is_counted(layout, texts.get("is_counted", ""), place, faults)
    if kind is None or len(faults.found) > before:
        return None
    return SchoolReturn(
        id=texts.get("school_id", ""),
        name=name,
        county=texts.get("county", ""),
        kind=kind,
        is_counted=is_counted,
        parent=texts.get("parent", ""),
        place=place,
    )


def _tell_kind(layout: Layout, word: str, place: Place, faults: Faults) -> None:
    known = ", ".join(kind.names[0] for kind in layout.kinds)
    if word:
        found = say("“{found}” is no kind of school known here.", found=word)
    else:
        found = say("the kind of school ({label}) is blank.", label=layout.identity["kind"][0])
    faults.add(place.fault(found, say("Write one of: {words}.", words=known)))


def _is_counted(layout: Layout, word: str, place: Place, faults: Faults) -> bool:
    """Whether a row is a school of its own; blank says that it is."""
    if folded(word) in layout.words["not_counted"]:
        return False
    if word and folded(word) not in layout.words["counted"]:
        label = layout.identity["is_counted"][0]
        remedy = say("Write 1 for a school of its own, 0 for a point of another school.")
        found = say("{label} says “{found}”.", label=label, found=word)
        faults.add(place.fault(found, remedy))
    return True

"""The stages of a self-assessment, read once from `rules/selfassessment/stages.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

STAGES_FILE = Path(__file__).parents[2] / "rules" / "selfassessment" / "stages.toml"
SCHOOLS, ITEMS, DOCUMENT = "schools", "items", "document"


@dataclass(frozen=True)
class Stage:
    """One stage; see the head of the file. `position` counts from 0."""

    id: str
    position: int
    name: Text
    signers: frozenset[str]
    needs: frozenset[str]
    locks: bool
    source: str


@cache
def stages(path: Path = STAGES_FILE) -> tuple[Stage, ...]:
    """Return the stages in order; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    found = tuple(_stage(row, at) for at, row in enumerate(top.rows("stages", "id")))
    top.finish()
    top.faults.raise_any()
    return found


def stage(stage_id: str) -> Stage:
    """Return one stage; DataError when there is none of that id."""
    for one in stages():
        if one.id == stage_id:
            return one
    raise DataError(say("There is no stage “{stage}”.", stage=stage_id))


def after(stage_id: str) -> Stage | None:
    """Return the stage that follows, None after the last one."""
    at = stage(stage_id).position + 1
    return stages()[at] if at < len(stages()) else None


def _stage(row: Reader, position: int) -> Stage:
    made = Stage(
        id=row.identifier("id"),
        position=position,
        name=row.name("name"),
        signers=frozenset(row.texts("signers")),
        needs=frozenset(row.texts("needs")),
        locks=row.flag("locks", default=False),
        source=row.text("source"),
    )
    row.finish()
    return made

"""What changed because of an import: rows, and the verdicts and indicators of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, gettext_noop

from junheng.apps.intake.present import words
from junheng.engine import standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.apps.intake.models import Import
    from junheng.engine.standard.ruleset import Indicator

STAGES = {"primary": gettext_noop("Primary"), "junior": gettext_noop("Junior secondary")}
UNITS_SHOWN = 60


@dataclass(frozen=True)
class RowCount:
    """What became of the rows of one dataset."""

    name: str
    n_new: int
    n_changed: int
    n_removed: int
    n_unchanged: int


@dataclass(frozen=True)
class CellChange:
    """One indicator of a unit before and after."""

    name: str
    old: float | None
    new: float | None
    old_status: str
    new_status: str
    decimals: int


@dataclass(frozen=True)
class UnitChange:
    """One unit with another verdict, number of pupils or indicator than before."""

    name: str
    stage: str
    old_verdict: str
    new_verdict: str
    old_pupils: int | None
    new_pupils: int | None
    cells: list[CellChange]

    @property
    def is_turned(self) -> bool:
        """Whether the verdict is another one."""
        return self.old_verdict != self.new_verdict


class OutcomeShown:
    """Everything that an applied import changed."""

    def __init__(self, source: Import) -> None:
        self.source = source
        self._effects: list[dict[str, Any]] | None = source.effects

    @property
    def rows(self) -> list[RowCount]:
        return [
            RowCount(
                words.dataset_name(part.dataset),
                part.n_new,
                part.n_changed,
                part.n_removed,
                part.n_unchanged,
            )
            for part in self.source.parts.all()
        ]

    @property
    def is_measured(self) -> bool:
        return self._effects is not None

    @property
    def n_units(self) -> int:
        return len(self._effects or ())

    @property
    def n_hidden(self) -> int:
        return max(self.n_units - UNITS_SHOWN, 0)

    @property
    def sentence(self) -> str:
        """What it means for the indicators, in one sentence."""
        units = self._effects or ()
        if not units:
            return gettext("No indicator and no verdict of any school is different.")
        facts = {
            "n": len(units),
            "turned": sum(one["old_verdict"] != one["new_verdict"] for one in units),
        }
        text = gettext(
            "Figures of %(n)d stage units are different; the verdict of %(turned)d has turned."
        )
        return text % facts

    @property
    def units(self) -> list[UnitChange]:
        """The units, those whose verdict has turned first."""
        rules = standard.load(standard.DEFAULT_RULESET_ID)
        names = {one.id: one for one in rules.indicators}
        decimals = rules.presentation.school_decimals
        found = [_unit(one, names, decimals) for one in self._effects or ()]
        return sorted(found, key=lambda unit: not unit.is_turned)[:UNITS_SHOWN]


def _unit(one: dict[str, Any], names: Mapping[str, Indicator], decimals: int) -> UnitChange:
    return UnitChange(
        name=one["school_name"],
        stage=_stage_word(one["stage"]),
        old_verdict=one["old_verdict"],
        new_verdict=one["new_verdict"],
        old_pupils=one["old_pupils"],
        new_pupils=one["new_pupils"],
        cells=[_cell(cell, names[cell["indicator"]], decimals) for cell in one["cells"]],
    )


def _cell(cell: dict[str, Any], indicator: Indicator, decimals: int) -> CellChange:
    return CellChange(
        name=f"{indicator.number} {words.of(indicator.name)}",
        old=cell["old"],
        new=cell["new"],
        old_status=cell["old_status"],
        new_status=cell["new_status"],
        decimals=decimals,
    )


def _stage_word(stage: str) -> str:
    word = STAGES.get(stage)
    return gettext(word) if word else stage

"""The live page: figures of this moment, and what has changed since the published assessment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.balance.present import frame, heat, words
from junheng.apps.balance.present.unit_list import IN_THE_WAY
from junheng.apps.foundation.shown import Link
from junheng.engine.standard.definition import MEAN_OF_COEFFICIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from junheng.apps.balance.live import Live
    from junheng.apps.balance.models import AssessedUnit, Assessment
    from junheng.apps.balance.present.heat import Column, HeatCell, HeatRow
    from junheng.engine.standard.assess import DispersionResult, UnitResult
    from junheng.engine.standard.ruleset import Indicator

SAME_TO = 1e-9
MOST_CHANGES = 50


@dataclass(frozen=True)
class Change:
    """One figure that is no longer what was published; statuses are blank for plain numbers."""

    unit: str
    stage: str
    url: str
    figure: str
    before: str
    after: str
    status_before: str
    status_after: str


@dataclass(frozen=True)
class CoefficientRow:
    """One coefficient now and as published."""

    stage: str
    label: str
    now: str
    before: str
    limit: str
    status: str


class LiveShown:
    """Everything the live page shows."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.rules = live.rules

    @property
    def verdict(self) -> str:
        return words.shown_status(self.live.now.county.resource_allocation)

    @property
    def n_pass(self) -> int:
        return self.live.now.county.n_pass

    @property
    def n_in_scope(self) -> int:
        county = self.live.now.county
        return county.n_units - county.n_excluded

    @property
    def n_pupils(self) -> str:
        return words.figure(sum(unit.pupils for unit in self.live.now.units), 0)

    @property
    def reasons(self) -> list[str]:
        return [reason.render(gettext) for reason in self.live.now.county.reasons]

    @property
    def answer(self) -> str:
        """The page in one sentence: what passes now, and how much differs from what counts."""
        facts = {"pass": self.n_pass, "units": self.n_in_scope, "n": len(self.changes)}
        if self.live.published is None:
            return gettext("%(pass)d of %(units)d stage units pass at this moment.") % facts
        return (
            gettext(
                "%(pass)d of %(units)d stage units pass at this moment; %(n)d figures differ from "
                "the published assessment."
            )
            % facts
        )

    @property
    def columns(self) -> list[Column]:
        return heat.columns(self.rules)

    @cached_property
    def rows(self) -> list[HeatRow]:
        """The units that do not pass."""
        return [self._row(unit) for unit in self.live.now.units if unit.verdict in IN_THE_WAY]

    def _row(self, unit: UnitResult) -> HeatRow:
        return heat.HeatRow(
            label=self._name(unit),
            note=words.stage_word(unit.stage),
            url=self._url(unit),
            verdict=words.shown_status(unit.verdict),
            cells=tuple(self._cell(unit, i) for i in self.rules.indicators),
        )

    def _cell(self, unit: UnitResult, indicator: Indicator) -> HeatCell:
        cell = unit.cells.get(indicator.id)
        if cell is None:
            return heat.NO_CELL
        return heat.heat_cell(self.rules, indicator, cell.value, cell.status)

    def _name(self, unit: UnitResult) -> str:
        school = self.live.schools.get(unit.school_id or "")
        return school.name if school else unit.unit_id

    def _url(self, unit: UnitResult) -> str:
        """Return the school's page in the published assessment, where it has one."""
        published = self.live.units.get(unit.unit_id)
        return words.school_url(published) if published else ""

    @cached_property
    def changes(self) -> list[Change]:
        """Figures that differ from the published ones; those with another status come first."""
        if self.live.published is None:
            return []
        found = [change for unit in self.live.now.units for change in self._changes(unit)]
        return sorted(found, key=lambda one: one.status_before == one.status_after)

    @property
    def first_changes(self) -> list[Change]:
        """As many of the changes as a page shows."""
        return self.changes[:MOST_CHANGES]

    @property
    def n_more(self) -> int:
        return max(len(self.changes) - MOST_CHANGES, 0)

    @property
    def gone(self) -> list[str]:
        """Published units that the registry does not hold any more."""
        present = {unit.unit_id for unit in self.live.now.units}
        left = [unit for unit_id, unit in self.live.units.items() if unit_id not in present]
        return [f"{words.unit_name(unit)} {words.stage_word(unit.stage)}" for unit in left]

    def _changes(self, unit: UnitResult) -> Iterator[Change]:
        old = self.live.units.get(unit.unit_id)
        if old is None:
            yield self._change(unit, gettext("Stage unit"), ("–", gettext("new")))
            return
        if old.pupils != unit.pupils:
            counts = (words.figure(old.pupils, 0), words.figure(unit.pupils, 0))
            yield self._change(unit, gettext("Pupils"), counts)
        for indicator in self.rules.indicators:
            yield from self._changed_cell(unit, old, indicator)

    def _changed_cell(
        self, unit: UnitResult, old: AssessedUnit, indicator: Indicator
    ) -> Iterator[Change]:
        before, now = old.cells.get(indicator.id), unit.cells.get(indicator.id)
        if before is None or now is None or _is_same(before["value"], now.value):
            return
        shown = partial(heat.figure_text, self.rules, indicator)
        values = (shown(before["value"]), shown(now.value))
        statuses = (words.shown_status(before["status"]), words.shown_status(now.status))
        yield self._change(unit, words.indicator_label(indicator), values, statuses)

    def _change(
        self,
        unit: UnitResult,
        figure: str,
        values: tuple[str, str],
        statuses: tuple[str, str] = ("", ""),
    ) -> Change:
        name, stage = self._name(unit), words.stage_word(unit.stage)
        return Change(name, stage, self._url(unit), figure, *values, *statuses)

    @property
    def coefficients(self) -> list[CoefficientRow]:
        return [self._coefficient(row) for row in self.live.now.dispersion]

    def _coefficient(self, row: DispersionResult) -> CoefficientRow:
        places = self.rules.presentation.coefficient_decimals
        old = self.live.dispersions.get((row.stage, row.indicator))
        is_mean = row.indicator == MEAN_OF_COEFFICIENTS
        return CoefficientRow(
            stage=words.stage_word(row.stage),
            label=gettext("Mean of the coefficients")
            if is_mean
            else words.indicator_label(self.rules.indicator(row.indicator)),
            now=_coefficient_text(row.cv, places),
            before=_coefficient_text(old.cv if old else None, places),
            limit=_coefficient_text(row.limit, 2),
            status=words.shown_status(row.status),
        )


def period_of(live: Live, years: Sequence[Assessment]) -> dict[str, object]:
    """Return the switch in the header with the live figures chosen."""
    return {
        "label": gettext("Live"),
        "detail": gettext("as of %(date)s, not official") % {"date": live.day.isoformat()},
        "options": [
            frame.live_option(is_current=True),
            *(Link(frame.year_label(one), words.district_url(one)) for one in years),
        ],
    }


def _is_same(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return before is now
    return abs(before - now) <= SAME_TO * max(abs(before), abs(now))


def _coefficient_text(value: float | None, places: int) -> str:
    return "–" if value is None else words.figure(value, places)

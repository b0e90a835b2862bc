"""The heat table: units in rows, indicators in columns, a figure and its status in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.balance.present import words

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Indicator, RuleSet


@dataclass(frozen=True)
class Column:
    """One column of the heat table."""

    label: str
    title: str


@dataclass(frozen=True)
class HeatCell:
    """One figure of the heat table."""

    status: str
    text: str
    url: str


@dataclass(frozen=True)
class HeatRow:
    """One unit of the heat table."""

    label: str
    note: str
    url: str
    verdict: str
    cells: tuple[HeatCell, ...]


NO_CELL = HeatCell("excluded", "", "")


def columns(rules: RuleSet) -> list[Column]:
    """Return a column for each indicator."""
    return [
        Column(words.indicator_name(i, is_short=True), words.indicator_label(i))
        for i in rules.indicators
    ]


def heat_cell(
    rules: RuleSet, indicator: Indicator, value: float | None, status: str, url: str = ""
) -> HeatCell:
    """Return a figure as the table shows it."""
    return HeatCell(words.shown_status(status), figure_text(rules, indicator, value), url)


def figure_text(rules: RuleSet, indicator: Indicator, value: float | None) -> str:
    """Return a figure with as many decimals as the table shows, a dash for none."""
    return "–" if value is None else words.figure(value, places(rules, indicator))


def places(rules: RuleSet, indicator: Indicator) -> int:
    """Return how many decimals a figure is shown with.

    Yuan per pupil need no decimals to be told apart from their threshold.
    """
    is_money = rules.fact(indicator.terms[0][0]).unit.zh in words.MONEY
    return 0 if is_money else words.decimals_of(rules)

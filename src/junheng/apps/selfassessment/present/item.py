"""One item: how it stands, why, who entered what, what is aimed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.selfassessment.present import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from junheng.apps.selfassessment.models import ItemEntry, ItemPlan
    from junheng.apps.selfassessment.present.board import BoardShown
    from junheng.apps.selfassessment.selectors import Board, Row

OBSTACLES_SHOWN = 100


@dataclass(frozen=True)
class FigureShown:
    """One figure against its limit."""

    name: str
    value: str
    limit: str
    status: str


@dataclass(frozen=True)
class ObstacleShown:
    """What stands in the way, where, how often."""

    school: str
    reason: str
    n: int
    status: str


@dataclass(frozen=True)
class EntryShown:
    """One entry with its signature."""

    whose: str
    said: Sequence[tuple[str, str]]
    document: str
    note: str
    who: str
    role: str
    at: datetime
    has_ended: bool


class ItemShown:
    """An item of the board with its working and history."""

    def __init__(
        self,
        shown: BoardShown,
        row: Row,
        *,
        history: Sequence[ItemEntry],
        path: Sequence[ItemPlan],
        school_names: Mapping[int, str],
    ) -> None:
        self.board: Board = shown.board
        self.row = row
        self.line = shown.line(row)
        self.path = [(plan.school_year, plan.target) for plan in path]
        self._history = history
        self._names = school_names

    @property
    def figures(self) -> list[FigureShown]:
        """The figures of the result, each with its limit."""
        if self.row.result is None or (self.row.spec.is_attested and self.row.level == "county"):
            return []
        unit = self.row.spec.unit
        return [
            FigureShown(
                words.sentence(one.name),
                words.figure(one, unit),
                words.amount(one.limit, unit),
                one.status,
            )
            for one in self.row.result.figures
        ]

    @property
    def terms(self) -> list[tuple[str, str]]:
        """The terms that the figures rest on."""
        named = {term.id: words.of(term.name) for term in self.row.spec.terms}
        return [(named[key], value) for key, value in self.row.terms.items() if key in named]

    @property
    def obstacles(self) -> list[ObstacleShown]:
        """What stands in the way, the most frequent first."""
        rows = sorted(self.row.result.obstacles, key=lambda one: -one.n) if self.row.result else []
        return [
            ObstacleShown(self._school(one.school), words.sentence(one.reason), one.n, one.status)
            for one in rows[:OBSTACLES_SHOWN]
        ]

    @property
    def n_more(self) -> int:
        """Obstacles that are not listed."""
        n_all = len(self.row.result.obstacles) if self.row.result else 0
        return max(n_all - OBSTACLES_SHOWN, 0)

    @property
    def entries(self) -> list[EntryShown]:
        """Everything that was entered, newest first."""
        return [
            EntryShown(
                one.school.name if one.school else str(one.get_told_by_display()),
                words.told(one, self.row.spec),
                one.document,
                one.note,
                one.entered_by.display_name,
                words.role(one.role),
                one.entered_at,
                one.ended_at is not None,
            )
            for one in self._history
        ]

    @property
    def source(self) -> str:
        """Where the item stands in the rules."""
        found = next((one for one in self._rules() if one.id == self.row.id), None)
        return f"{found.source.document} {found.source.clause}".strip() if found else ""

    @property
    def working_url(self) -> str:
        """Where the working of a resource indicator is, blank for other items."""
        if self.row.part != "resources" or self.board.basis is None:
            return ""
        made = self.board.basis.assessment
        stages = next(
            (
                one.coefficients
                for one in self.board.basis.indicators
                if one.indicator == self.row.id
            ),
            {},
        )
        stage = next(iter(stages), None)
        if stage is None:
            return ""
        return reverse("balance:coefficient", args=[made.pk, stage, self.row.id])

    @property
    def lead_note(self) -> str:
        """How far it is confirmed that the department leads the item."""
        if self.row.plan and self.row.plan.department:
            return gettext("set by the bureau")
        return gettext("derived by this product, to be confirmed by the bureau")

    def _school(self, key: str) -> str:
        return self._names.get(int(key), "") if key else ""

    def _rules(self) -> list[Any]:
        rules = self.board.rules
        return [*rules.indicators, *rules.items, *rules.vetoes]

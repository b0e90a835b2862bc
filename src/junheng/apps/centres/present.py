"""The wall of the hall: few figures, each with shape and word, readable at five metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.survey.api import interval, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.api import IndicatorCount
    from junheng.apps.centres.selectors import Wall
    from junheng.apps.selfassessment.api import Part

STAGES = ("primary", "junior")


@dataclass(frozen=True)
class Coefficient:
    """One coefficient against its limit."""

    value: float | None
    limit: float | None
    status: str


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator with a coefficient for each stage, and how many units miss it."""

    name: str
    coefficients: Sequence[Coefficient | None]
    n_missing_it: int


class WallShown:
    """The wall as it is drawn."""

    def __init__(self, wall: Wall) -> None:
        self.wall, self.board = wall, wall.board
        self.basis = wall.board.basis

    @property
    def title(self) -> str:
        return f"{self.wall.bureau.name} · {self.board.school_year}"

    @property
    def status(self) -> str:
        """The verdict of part one; undetermined without an assessment."""
        return self.basis.assessment.verdict if self.basis else "undetermined"

    @property
    def parts(self) -> list[Part]:
        """The parts of the standard; for recognition stands the survey itself."""
        return [part for part in self.board.parts if part.id != "recognition"]

    @property
    def lines(self) -> list[IndicatorLine]:
        """The seven indicators; none without an assessment."""
        if self.basis is None:
            return []
        names = {one.id: one.name.of(language()) for one in self.basis.rules.indicators}
        return [_line(one, names[one.indicator]) for one in self.basis.indicators]

    @property
    def satisfaction(self) -> str:
        return share(self.wall.satisfaction)

    @property
    def interval(self) -> str:
        if self.wall.satisfaction is None:
            return gettext("no survey closed yet")
        return interval(self.wall.satisfaction)


def _line(count: IndicatorCount, name: str) -> IndicatorLine:
    found = [count.coefficients.get(stage) for stage in STAGES]
    return IndicatorLine(
        name,
        [Coefficient(one.cv, one.limit, one.status) if one else None for one in found],
        sum(n for status, n in count.n_by_status.items() if status in ("between85", "below85")),
    )

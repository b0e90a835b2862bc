"""The centre of each level in words, and the wall of the hall in a few large figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.survey.api import interval, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.api import IndicatorCount
    from junheng.apps.centres.levels import Centre, Figures, Line
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


@dataclass(frozen=True)
class CentreLine:
    """One school or class by name; `url` leads to its classes where the reader has that page."""

    name: str
    url: str
    figures: Figures

    @property
    def shape(self) -> str:
        return "below85" if self.figures.n_over else "met"


class CentreShown:
    """The centre of one level as it is drawn."""

    def __init__(self, centre: Centre) -> None:
        self.centre, self.total = centre, centre.total

    @property
    def title(self) -> str:
        return {
            "district": gettext("Data centre of the district"),
            "school": gettext("Data centre of the school"),
            "class": gettext("Data centre of the class"),
        }[self.centre.level]

    @property
    def answer(self) -> str:
        """The question of the page in one sentence."""
        told = {
            "pupils": self.total.n_pupils,
            "classes": self.total.n_classes,
            "over": self.total.n_over,
            "day": self.centre.day.isoformat(),
        }
        text = gettext(
            "%(pupils)d pupils in %(classes)d classes on %(day)s; %(over)d classes are larger "
            "than the standard allows."
        )
        return text % told

    @property
    def period(self) -> dict[str, str]:
        year = f"{self.centre.first_year}-{self.centre.first_year + 1}"
        return {"label": gettext("School year %(year)s") % {"year": year}}

    @property
    def lines(self) -> list[CentreLine]:
        """The schools of a district, the classes of a school, the own classes."""
        return [self._centre_line(one) for one in self.centre.lines]

    def _centre_line(self, line: Line) -> CentreLine:
        name = line.school.name
        if line.size is not None:
            told = {"grade": line.size.grade or "–", "number": line.size.class_no}
            name = f"{name} " + gettext("Grade %(grade)s class %(number)s") % told
        url = ""
        if self.centre.level == "district":
            url = reverse("catalogue:school_classes", args=[line.school.pk])
        return CentreLine(name, url, line.figures)


def _line(count: IndicatorCount, name: str) -> IndicatorLine:
    found = [count.coefficients.get(stage) for stage in STAGES]
    return IndicatorLine(
        name,
        [Coefficient(one.cv, one.limit, one.status) if one else None for one in found],
        sum(n for status, n in count.n_by_status.items() if status in ("between85", "below85")),
    )

"""The page of class sizes: a strip for each school and stage, and its table."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.foundation.shown import Link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from junheng.apps.catalogue.classes import ClassSize
    from junheng.apps.registry.api import School

STAGE_WORDS = {"primary": gettext_noop("Primary"), "junior": gettext_noop("Junior secondary")}
SHOWN = {"over": gettext_noop("Over the limit"), **STAGE_WORDS}

AXIS_END = 70
"""Pupils at the right end of a strip; larger classes stand there."""
STRIP_HEIGHT = 28
TALLEST = 24


@dataclass(frozen=True)
class Bar:
    """Classes of one size on a strip; places in per cent of its width, heights in pixels."""

    x: float
    y: float
    height: float
    is_over: bool


@dataclass(frozen=True)
class Group:
    """The classes of one stage of one school."""

    school: str
    url: str
    stage: str
    n_classes: int
    n_pupils: int
    mean: float
    largest: int
    n_over: int
    limit: int
    limit_at: float
    bars: tuple[Bar, ...]

    @property
    def said(self) -> str:
        """The strip in words, for those who listen."""
        text = gettext(
            "%(n)d classes, the largest with %(largest)d pupils, %(over)d over %(limit)d"
        )
        return text % {
            "n": self.n_classes,
            "largest": self.largest,
            "over": self.n_over,
            "limit": self.limit,
        }


class ClassesShown:
    """Everything the page of class sizes shows."""

    def __init__(
        self,
        sizes: Sequence[ClassSize],
        schools: Mapping[int, School],
        *,
        day: date,
        show: str,
    ) -> None:
        self.sizes = sizes
        self.schools = schools
        self.day = day
        self.show = show if show in SHOWN else ""

    @property
    def answer(self) -> str:
        """How many classes are larger than allowed, in one sentence."""
        if not self.sizes:
            return ""
        over = [size for size in self.sizes if size.is_over]
        facts = {
            "n": len(self.sizes),
            "over": len(over),
            "schools": len({size.school_id for size in over}),
            "largest": max(size.n_pupils for size in self.sizes),
            "day": self.day.isoformat(),
        }
        if not over:
            text = gettext(
                "On %(day)s none of %(n)d classes is over the limit; the largest has %(largest)d "
                "pupils."
            )
            return text % facts
        text = gettext(
            "On %(day)s %(over)d of %(n)d classes in %(schools)d schools are over the limit; the "
            "largest has %(largest)d pupils."
        )
        return text % facts

    @cached_property
    def _groups(self) -> list[tuple[str, Group]]:
        found: dict[tuple[int, str], list[ClassSize]] = defaultdict(list)
        for size in self.sizes:
            found[size.school_id, size.stage].append(size)
        tallest = max((max(_counts(g).values()) for g in found.values()), default=1)
        groups = [
            (stage, _group(self.schools[school], stage, classes, tallest))
            for (school, stage), classes in found.items()
        ]
        return sorted(groups, key=lambda pair: -pair[1].n_over)

    @property
    def groups(self) -> list[Group]:
        """The stages of schools that the filter chooses, those with the most over first."""
        return [group for stage, group in self._groups if _is_shown(group, stage, self.show)]

    @property
    def chips(self) -> list[Link]:
        """Filters with the number of stages of schools behind each."""
        every = Link(gettext("All"), self._url(""), not self.show, len(self._groups))
        return [
            every,
            *(
                Link(
                    gettext(label),
                    self._url(key),
                    self.show == key,
                    sum(_is_shown(group, stage, key) for stage, group in self._groups),
                )
                for key, label in SHOWN.items()
            ),
        ]

    def _url(self, show: str) -> str:
        year = self.day.year if self.day.month >= 9 else self.day.year - 1
        return f"?year={year}&day={self.day.isoformat()}{show and '&show='}{show}"


def stage_word(stage: str) -> str:
    """Return the name of a stage."""
    return gettext(STAGE_WORDS[stage])


def _is_shown(group: Group, stage: str, show: str) -> bool:
    return group.n_over > 0 if show == "over" else show in ("", stage)


def _counts(classes: Sequence[ClassSize]) -> Counter[int]:
    return Counter(min(size.n_pupils, AXIS_END) for size in classes)


def _group(school: School, stage: str, classes: Sequence[ClassSize], tallest: int) -> Group:
    n_pupils = sum(size.n_pupils for size in classes)
    limit = classes[0].limit
    return Group(
        school=school.name,
        url=reverse("catalogue:school_classes", args=[school.pk]),
        stage=stage_word(stage),
        n_classes=len(classes),
        n_pupils=n_pupils,
        mean=n_pupils / len(classes),
        largest=max(size.n_pupils for size in classes),
        n_over=sum(size.is_over for size in classes),
        limit=limit,
        limit_at=_at(limit + 1),
        bars=tuple(_bar(size, n, limit, tallest) for size, n in sorted(_counts(classes).items())),
    )


def _bar(size: int, n: int, limit: int, tallest: int) -> Bar:
    height = round(TALLEST * n / tallest, 1)
    return Bar(_at(size), STRIP_HEIGHT - height, height, size > limit)


def _at(size: int) -> float:
    return round(100 * size / (AXIS_END + 1), 2)

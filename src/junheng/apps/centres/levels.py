"""The same figures for the district, a school and a class: one definition, and the reach of posts.

A bureau finds its district school by school, the office of a school its classes, a teacher the own
classes. Three queries beside those for the reader, whatever the number of schools and pupils.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from junheng.apps.accounts.api import Kind, Role
from junheng.apps.balance.api import newest_year, rules_of_year
from junheng.apps.catalogue.api import limits, schools_of, sizes_visible_to
from junheng.apps.registry.api import school_year_on
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.catalogue.api import ClassSize
    from junheng.apps.registry.api import School

Level = Literal["district", "school", "class"]
YEAR = re.compile(r"20[0-9]{2}")
TEACHERS = frozenset({Role.GRADE_LEADER, Role.CLASS_TEACHER, Role.SUBJECT_TEACHER})


@dataclass(frozen=True)
class Figures:
    """What is counted of any set of classes on a day."""

    n_classes: int
    n_pupils: int
    largest: int
    n_over: int

    @property
    def mean(self) -> float | None:
        """Pupils of a class on average, None without a class."""
        return self.n_pupils / self.n_classes if self.n_classes else None


@dataclass(frozen=True)
class Line:
    """One school, or one class of it, with its figures."""

    school: School
    size: ClassSize | None
    figures: Figures


@dataclass(frozen=True)
class Centre:
    """What a reader's level shows: everything together, and the parts it consists of."""

    level: Level
    first_year: int
    day: date
    total: Figures
    lines: Sequence[Line]


def figures_of(sizes: Iterable[ClassSize]) -> Figures:
    """Return the figures of classes.

    >>> figures_of([])
    Figures(n_classes=0, n_pupils=0, largest=0, n_over=0)
    """
    held = list(sizes)
    return Figures(
        n_classes=len(held),
        n_pupils=sum(one.n_pupils for one in held),
        largest=max((one.n_pupils for one in held), default=0),
        n_over=sum(one.is_over for one in held),
    )


def centre_visible_to(reader: Reader, today: date, *, asked: str = "") -> Centre:
    """Return the centre of the reader's level; NotAllowed for those without one.

    `asked`: the first year of a school year; without it the year that was assessed last.
    """
    level = level_of(reader)
    bureau_id = next(post.home_id for post in reader.posts)
    first_year = _year(asked) or newest_year(bureau_id) or school_year_on(today)
    day = min(today, date(first_year + 1, 8, 31))
    largest = limits(rules_of_year(bureau_id, first_year))
    sizes = sizes_visible_to(reader, bureau_id, first_year, day, largest)
    schools = schools_of(reader, sizes)
    return Centre(
        level, first_year, day, figures_of(sizes), list(_lines(level, sizes, schools.values()))
    )


def _year(asked: str) -> int | None:
    return int(asked) if YEAR.fullmatch(asked) else None


def level_of(reader: Reader) -> Level:
    """Return where the reader stands: over a district, a school or classes."""
    if reader.scope_of(Kind.FIGURES).bureaus:
        return "district"
    if reader.scope.schools:
        return "school"
    if reader.roles & TEACHERS:
        return "class"
    raise NotAllowed(say("Your posts of today lead to no data centre."))


def _lines(level: Level, sizes: Sequence[ClassSize], schools: Iterable[School]) -> Iterable[Line]:
    for school in sorted(schools, key=lambda one: one.identifier):
        own = [size for size in sizes if size.school_id == school.pk]
        if level == "district":
            yield Line(school, None, figures_of(own))
        else:
            yield from (Line(school, size, figures_of([size])) for size in own)

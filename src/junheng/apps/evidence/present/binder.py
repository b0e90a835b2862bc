"""The binder: every item of the standard with what was filed for it, gaps told first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.evidence.items import PARTS, item_of, items_of
from junheng.apps.evidence.present import words
from junheng.apps.foundation.shown import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from junheng.apps.evidence.items import Item
    from junheng.apps.evidence.models import Evidence, EvidenceVersion
    from junheng.apps.evidence.selectors import Desk
    from junheng.apps.registry.api import School


@dataclass(frozen=True)
class ItemLine:
    """One item: how many files, and of the schools that are asked how many have none yet.

    `shape` is met, between85 (some schools have none) or missing.
    """

    number: str
    name: str
    url: str
    n_files: int
    n_schools: int | None
    n_without: int
    shape: str
    state: str

    @property
    def is_gap(self) -> bool:
        """Whether something is to be filed yet."""
        return self.shape != "met"


@dataclass(frozen=True)
class PartShown:
    """One part of the standard with its items."""

    id: str
    name: str
    lines: list[ItemLine]


@dataclass(frozen=True)
class FileLine:
    """One piece of evidence in a list."""

    name: str
    url: str
    owner: str
    item: str
    note: str
    size: str
    who: str
    at: datetime
    version: int
    is_withdrawn: bool


class BinderShown:
    """The binder of one school year as a reader sees it, of one school or of all.

    `counts` by item and school, as `selectors.counts_of` gives them.
    """

    def __init__(
        self,
        desk: Desk,
        counts: Mapping[tuple[str, int | None], int],
        first_year: int,
        *,
        school: School | None = None,
        state: str = "",
    ) -> None:
        self.desk, self.first_year, self.school, self.state = desk, first_year, school, state
        self._counts = counts
        self._schools = [school] if school else list(desk.schools)

    @cached_property
    def every(self) -> list[tuple[Item, ItemLine]]:
        """Every item that is asked here, with its line."""
        is_county = self.desk.is_whole and self.school is None
        asked = [item for item in items_of() if item.is_of_schools or is_county]
        return [(item, self._line(item)) for item in asked]

    @property
    def parts(self) -> list[PartShown]:
        """The items in the order of the standard, as filtered, by part."""
        wanted = {"gaps": True, "filed": False}.get(self.state)
        shown = [
            (item, line) for item, line in self.every if wanted is None or line.is_gap is wanted
        ]
        return [
            PartShown(part, words.part_name(part), lines)
            for part in PARTS
            if (lines := [line for item, line in shown if item.part == part])
        ]

    @property
    def n_gaps(self) -> int:
        return sum(line.is_gap for _, line in self.every)

    @property
    def n_files(self) -> int:
        return sum(line.n_files for _, line in self.every)

    @property
    def answer(self) -> str:
        """The question of the page answered: how far the binder is."""
        if not self.n_files:
            return gettext("Nothing has been filed yet for the %(n)d items.") % {
                "n": len(self.every)
            }
        told = {"n": len(self.every), "gaps": self.n_gaps, "files": self.n_files}
        if not self.n_gaps:
            return gettext("All %(n)d items have evidence: %(files)d files.") % told
        text = gettext("%(gaps)d of %(n)d items still lack evidence; %(files)d files are in.")
        return text % told

    @property
    def chips(self) -> list[Link]:
        """Filters by whether something is to be filed yet."""
        n = len(self.every)
        labels = (
            ("", gettext("All"), n, ""),
            ("gaps", gettext("Evidence lacking"), self.n_gaps, "missing"),
            ("filed", gettext("Evidence filed"), n - self.n_gaps, "met"),
        )
        return [
            Link(label, self.url(state=state), self.state == state, n, shape)
            for state, label, n, shape in labels
        ]

    @property
    def first_gap(self) -> ItemLine | None:
        """What to begin with: the first item without any file, else the first with a gap."""
        lines = [line for _, line in self.every if line.is_gap]
        return next((line for line in lines if not line.n_files), lines[0] if lines else None)

    @property
    def schools(self) -> list[tuple[int, str, bool]]:
        """The schools to choose from, each with whether it is the one looked at."""
        if len(self.desk.schools) < 2:
            return []
        own = self.school.pk if self.school else 0
        return [(school.pk, school.name, school.pk == own) for school in self.desk.schools]

    def url(self, **other: object) -> str:
        """Return the address of this binder with another filter."""
        told = {"state": self.state, "school": self.school.pk if self.school else ""}
        return words.binder_url(self.first_year, **(told | other))

    def _line(self, item: Item) -> ItemLine:
        per_school = [self._counts.get((item.id, school.pk), 0) for school in self._schools]
        n_files = sum(per_school)
        if self.school is None and self.desk.is_whole:
            n_files = sum(n for (id_, _), n in self._counts.items() if id_ == item.id)
        asks_schools = item.is_of_schools and bool(per_school)
        n_without = per_school.count(0) if asks_schools else 0
        shape, state = _state(n_files, n_without, len(per_school))
        return ItemLine(
            number=item.number,
            name=words.name_of(item),
            url=words.item_url(
                item.id, self.first_year, school=self.school.pk if self.school else ""
            ),
            n_files=n_files,
            n_schools=len(per_school) if asks_schools and self.school is None else None,
            n_without=n_without,
            shape=shape,
            state=state,
        )


def _state(n_files: int, n_without: int, n_schools: int) -> tuple[str, str]:
    if not n_files:
        return "missing", gettext("none yet")
    if n_without and n_schools > 1:
        return "between85", gettext("%(n)d schools without") % {"n": n_without}
    return "met", gettext("filed")


def file_lines(rows: Iterable[Evidence]) -> list[FileLine]:
    """Return pieces of evidence as lines; they come with versions, people and schools."""
    return [_file_line(one, one.versions.all()[0]) for one in rows]


def _file_line(one: Evidence, newest: EvidenceVersion) -> FileLine:
    return FileLine(
        name=one.file_name,
        url=reverse("evidence:show", args=[one.pk]),
        owner=words.owner(one),
        item=words.item_title(item_of(one.item_id, one.ruleset_id)),
        note=newest.note,
        size=words.size(newest.n_bytes),
        who=newest.by.display_name,
        at=timezone.localtime(newest.at),
        version=newest.number,
        is_withdrawn=one.is_withdrawn,
    )

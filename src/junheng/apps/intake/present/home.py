"""The home of collecting: what is asked of the reader, and what was imported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from junheng.apps.foundation.shown import Link, Pager, pager
from junheng.apps.intake.models import Import, State
from junheng.apps.intake.places import EVERYTHING
from junheng.apps.intake.present import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from junheng.apps.intake.places import Where
    from junheng.engine.contracts import Contract

A_PAGE = 30
SHAPES = {
    State.APPLIED: "met",
    State.CHECKED: "between85",
    State.RECEIVED: "between85",
    State.FAULTY: "below85",
}
FIRST = ("below85", "missing", "between85", "met")
"""Shapes of what is asked, what comes first at the head."""

COUNTED = (
    ("n_new", gettext_noop("%(n)d new")),
    ("n_changed", gettext_noop("%(n)d changed")),
    ("n_removed", gettext_noop("%(n)d removed")),
)


@dataclass(frozen=True)
class Asked:
    """One dataset that a post files: how it stands, and the one thing to do.

    `day` is when it was imported. `is_old`: it is in, and from before this term. `is_first`: what
    to do before all others.
    """

    name: str
    note: str
    shape: str
    state: str
    action: str
    url: str
    dictionary_url: str
    day: date | None = None
    is_old: bool = False
    is_first: bool = False


@dataclass(frozen=True)
class AskedAt:
    """What is asked at one place; `several_url` takes a workbook of many sheets."""

    name: str
    lines: list[Asked]
    n_open: int
    several_url: str


@dataclass(frozen=True)
class Line:
    """One import of the history."""

    url: str
    file_name: str
    place: str
    datasets: str
    counts: str
    who: str
    at: datetime
    shape: str
    state: str


def shape(state: str) -> str:
    """Return the status whose shape goes with a state of an import."""
    return SHAPES.get(State(state), "not_applicable")


def counts_line(source: Import) -> str:
    """Return how many rows an import adds, changes and removes, or how many faults it has."""
    if source.state == State.FAULTY:
        return gettext("%(n)d faults") % {"n": source.n_faults}
    parts = list(source.parts.all())
    told = [(sum(getattr(part, name) for part in parts), text) for name, text in COUNTED]
    found = [gettext(text) % {"n": n} for n, text in told if n]
    return gettext(", ").join(found) or gettext("no change")


def datasets_line(source: Import) -> str:
    """Return the names of the datasets of an import."""
    names = [words.dataset_name(part.dataset) for part in source.parts.all()]
    return gettext(", ").join(names) or gettext("Several datasets")


def asked(
    places: Iterable[Where],
    year: int,
    newest: Mapping[tuple[int, int | None, str], Import],
    terms: Mapping[int, date | None],
) -> list[AskedAt]:
    """Return what is asked at each place, what is to be done first at the head.

    `newest` import by bureau, school and dataset. `terms`: first day of the present term by bureau;
    what was imported before it is old.
    """
    found = []
    for where in places:
        school = where.school.pk if where.school else None
        lines = [
            _asked(where, contract, year, newest.get((where.bureau.pk, school, contract.id)))
            for contract in where.datasets
        ]
        lines = _in_order([_aged(line, terms.get(where.bureau.pk)) for line in lines])
        n_open = sum(line.shape != "met" and not line.is_old for line in lines)
        several = words.start_url(EVERYTHING, where.key)
        found.append(AskedAt(where.name, lines, n_open, several))
    return found


def _in_order(lines: Sequence[Asked]) -> list[Asked]:
    """Return what has faults, then what is missing, waits or is old, then the rest.

    Within each the order stays, in which one dataset refers to those before it.
    """
    ordered = sorted(lines, key=lambda line: FIRST.index(line.shape))
    head = [replace(line, is_first=line.shape != "met") for line in ordered[:1]]
    return [*head, *ordered[1:]]


def _aged(line: Asked, since: date | None) -> Asked:
    if line.shape != "met" or since is None or line.day is None or line.day >= since:
        return line
    state = gettext("imported on %(day)s, before this term") % {"day": line.day.isoformat()}
    return replace(line, shape="between85", state=state, is_old=True)


def _asked(where: Where, contract: Contract, year: int, source: Import | None) -> Asked:
    start = f"{words.start_url(contract.id, where.key)}&year={year}"
    dictionary = reverse("catalogue:dataset", args=[contract.id])
    name, note = words.of(contract.name), words.of(contract.note)
    if source is None:
        state, action = gettext("not imported yet"), gettext("Begin")
        return Asked(name, note, "missing", state, action, start, dictionary)
    page = reverse("intake:show", args=[source.pk])
    at = timezone.localtime(source.applied_at or source.sent_at).date()
    day = at.isoformat()
    if source.state == State.FAULTY:
        state = gettext("%(n)d faults to mend") % {"n": source.n_faults}
        return Asked(name, note, "below85", state, gettext("Mend"), page, dictionary)
    if source.state == State.APPLIED:
        state = gettext("imported on %(day)s") % {"day": day}
        return Asked(name, note, "met", state, gettext("Import again"), start, dictionary, at)
    state = gettext("checked on %(day)s, not applied yet") % {"day": day}
    return Asked(name, note, "between85", state, gettext("Go on"), page, dictionary)


class HistoryShown:
    """The history of imports in pages, with the filters in force."""

    def __init__(
        self, rows: QuerySet[Import], contracts: Sequence[Contract], chosen: Mapping[str, Any]
    ) -> None:
        self.dataset, self.state = chosen.get("dataset", ""), chosen.get("state", "")
        self.page = chosen.get("page", 1)
        self.contracts = contracts
        self._rows = rows.filter(state=self.state) if self.state else rows
        self.n_all = self._rows.count()

    @property
    def is_filtered(self) -> bool:
        return bool(self.dataset or self.state)

    @property
    def lines(self) -> list[Line]:
        start = (self.page - 1) * A_PAGE
        return [_line(source) for source in self._rows[start : start + A_PAGE]]

    @property
    def chips(self) -> list[Link]:
        """Filters by state."""
        every = Link(gettext("All"), self._url(state=""), not self.state)
        return [
            every,
            *(
                Link(str(state.label), self._url(state=state.value), self.state == state.value,
                     status=shape(state))
                for state in State
                if state != State.RECEIVED
            ),
        ]  # fmt: skip

    @property
    def datasets(self) -> list[Link]:
        """The datasets to choose from; the address of a link is the dataset's id."""
        return [Link(words.of(c.name), c.id, c.id == self.dataset) for c in self.contracts]

    @property
    def pager(self) -> Pager | None:
        url = self._url()
        return pager(self.page, A_PAGE, self.n_all, lambda page: f"{url}&page={page}")

    def _url(self, **other: str) -> str:
        told = {"dataset": self.dataset, "state": self.state} | other
        return f"?{urlencode(told)}"


def _line(source: Import) -> Line:
    return Line(
        url=reverse("intake:show", args=[source.pk]),
        file_name=source.file_name,
        place=source.school.name if source.school else source.bureau.name,
        datasets=datasets_line(source),
        counts=counts_line(source),
        who=source.sent_by.display_name if source.sent_by else "–",
        at=timezone.localtime(source.sent_at),
        shape=shape(source.state),
        state=source.get_state_display(),
    )

"""What the pages of schools show: which are open, what became of each, what an end would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.accounts.api import class_name
from junheng.apps.foundation.shown import Link
from junheng.apps.registry.models import SuccessionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from junheng.apps.registry.lives import Life, Standing
    from junheng.apps.registry.models import School, SchoolSuccession

OPEN, ENDING, ENDED = "open", "ending", "ended"
FILTERS = {
    OPEN: gettext_noop("In operation"),
    ENDING: gettext_noop("About to end"),
    ENDED: gettext_noop("Ended"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened to a school."""

    id: int
    day: date
    text: str
    note: str
    other: Link | None
    can_undo: bool


@dataclass(frozen=True)
class SchoolLine:
    """One school of the list."""

    name: str
    identifier: str
    url: str
    kind: str
    state: str
    state_word: str
    text: str


class SchoolsShown:
    """The list of schools: all, or those in one state."""

    def __init__(self, lives: Sequence[Life], today: date, show: str) -> None:
        self._lines = [_line(life, today) for life in lives]
        self.show = show if show in FILTERS else ""

    @property
    def answer(self) -> str:
        """How many schools are open, about to end, ended."""
        text = gettext(
            "%(open)d schools are open, %(ending)d of them about to end; %(ended)d ended."
        )
        counts = self._counts
        return text % {
            "open": counts[OPEN] + counts[ENDING],
            "ending": counts[ENDING],
            "ended": counts[ENDED],
        }

    @property
    def lines(self) -> list[SchoolLine]:
        """The schools to list."""
        return [line for line in self._lines if self.show in ("", line.state)]

    @property
    def filters(self) -> list[Link]:
        """The states to choose from, with how many schools are in each."""
        every = Link(gettext("All"), "?", not self.show, n=len(self._lines))
        return [
            every,
            *(
                Link(gettext(label), f"?show={state}", self.show == state, n=self._counts[state])
                for state, label in FILTERS.items()
            ),
        ]

    @cached_property
    def _counts(self) -> dict[str, int]:
        states = [line.state for line in self._lines]
        return {state: states.count(state) for state in FILTERS}


def _line(life: Life, today: date) -> SchoolLine:
    state = state_of(life, today)
    return SchoolLine(
        name=life.school.name,
        identifier=life.school.identifier,
        url=reverse("registry:school", args=[life.school.pk]),
        kind=life.school.get_kind_display(),
        state=state,
        state_word=gettext(FILTERS[state]),
        text=end_text(life),
    )


def state_of(life: Life, today: date) -> str:
    """Return whether a school is open, about to end, or has ended."""
    if not life.ends:
        return OPEN
    return ENDED if life.ends[0].on_date <= today else ENDING


def end_text(life: Life) -> str:
    """Return in one sentence when a school ends and who follows; blank while it does not."""
    if not life.ends:
        return ""
    day = life.ends[0].on_date.isoformat()
    others = [event.other.name for event in life.ends if event.other]
    if not others:
        return gettext("Closed from %(day)s on.") % {"day": day}
    facts = {"day": day, "others": gettext(", ").join(others)}
    return gettext("Merged into %(others)s from %(day)s on.") % facts


def told(life: Life) -> str:
    """Return which schools came before one and what became of it; blank where nothing did."""
    before = gettext(", ").join(event.school.name for event in life.before)
    follows = gettext("This school follows %(schools)s.") % {"schools": before} if before else ""
    return " ".join(filter(None, (end_text(life), follows)))


class LifeShown:
    """The page of one school's life."""

    def __init__(self, life: Life, today: date, *, can_change: bool) -> None:
        self.life = life
        self.today = today
        self.can_change = can_change

    @property
    def answer(self) -> str:
        """Whether the school is open, and what comes before or after."""
        return told(self.life) or gettext("Open; no other school came before it.")

    @property
    def can_end(self) -> bool:
        """Whether the reader may end or rename the school."""
        return self.can_change and not self.life.ends

    @property
    def own(self) -> list[Event]:
        """What happened to the school, newest first; the last one entered can be taken back.

        Of a school divided among several, one button takes everything back.
        """
        events = self.life.own
        newest = max((event.pk for event in events), default=0)
        ours = (*SuccessionKind.ended(), SuccessionKind.RENAMED)
        return [
            _event(
                event,
                can_undo=self.can_change and event.pk == newest and event.kind in ours,
            )
            for event in reversed(events)
        ]

    @property
    def before(self) -> list[Event]:
        """The schools from which this one came or which were merged into it."""
        return [_came(event) for event in self.life.before]


def _event(event: SchoolSuccession, *, can_undo: bool) -> Event:
    text = str(SuccessionKind(event.kind).label)
    if event.former_name:
        text = gettext("Renamed; before: %(name)s") % {"name": event.former_name}
    return Event(
        id=event.pk,
        day=event.on_date,
        text=text,
        note=event.note,
        other=_link(event.other) if event.other else None,
        can_undo=can_undo,
    )


def _came(event: SchoolSuccession) -> Event:
    is_merged = event.kind == SuccessionKind.MERGED
    return Event(
        id=event.pk,
        day=event.on_date,
        text=gettext("Merged into this school")
        if is_merged
        else gettext("Split off from this school"),
        note=event.note,
        other=_link(event.school),
        can_undo=False,
    )


def _link(school: School) -> Link:
    return Link(school.name, reverse("registry:school", args=[school.pk]))


@dataclass(frozen=True)
class Fact:
    """A term and what it is, for a list of terms."""

    term: str
    text: str
    note: str = ""


class EndShown:
    """What an end on a day would do, before anything is written."""

    def __init__(
        self,
        school: School,
        on: date,
        into: Sequence[School],
        standing: Standing,
        obstacles: Sequence[str],
    ) -> None:
        self.school = school
        self.on = on
        self.into = into
        self.standing = standing
        self.obstacles = obstacles

    @property
    def answer(self) -> str:
        """What would happen, in one sentence."""
        facts = {"school": self.school.name, "day": self.on.isoformat()}
        if not self.into:
            return gettext("%(school)s is closed from %(day)s on, without successor.") % facts
        facts["others"] = gettext(", ").join(one.name for one in self.into)
        return gettext("%(school)s is merged into %(others)s from %(day)s on.") % facts

    @property
    def facts(self) -> list[Fact]:
        """What stands there that day, and what stays stored without counting."""
        standing = self.standing
        must_go = gettext("have to be gone by then")
        is_counted = gettext("stays stored and counts no longer from that day on")
        units = gettext(", ").join(unit.get_stage_display() for unit in standing.units)
        return [
            Fact(gettext("Pupils"), str(standing.n_pupils), must_go if standing.n_pupils else ""),
            Fact(gettext("Staff"), str(standing.n_staff), must_go if standing.n_staff else ""),
            Fact(
                gettext("Lessons"), str(standing.n_lessons), must_go if standing.n_lessons else ""
            ),
            Fact(gettext("Stages in the figures"), units or "–", is_counted if units else ""),
            Fact(gettext("Rooms"), str(standing.n_rooms), is_counted if standing.n_rooms else ""),
            Fact(
                gettext("Sports grounds"),
                str(standing.n_grounds),
                is_counted if standing.n_grounds else "",
            ),
        ]

    @property
    def classes(self) -> list[tuple[str, int]]:
        """The classes that still have pupils that day, with how many."""
        return [(class_name(one.entry_year, one.class_no), n) for one, n in self.standing.classes]

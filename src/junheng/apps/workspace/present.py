"""The first page: things to do by their days, figures, and what falls due next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from junheng.apps.workspace.api import Share, Tile, Todo

DEADLINES = 5
"""Days that are listed; the nearest ones."""


@dataclass(frozen=True)
class Line:
    """One thing to do as it is shown."""

    title: str
    detail: str
    due: str
    is_late: bool
    action: str
    url: str


@dataclass(frozen=True)
class Day:
    """One day to remember as it is shown."""

    label: str
    day: str
    days_left: str
    url: str


class HomeShown:
    """The first page of one reader."""

    def __init__(self, shares: Sequence[Share], *, today: date) -> None:
        self._shares = shares
        self.today = today

    @cached_property
    def todos(self) -> list[Line]:
        """What is to do: what is due earliest first, what has no day last."""
        every = [todo for share in self._shares for todo in share.todos]
        return [self._line(todo) for todo in sorted(every, key=_by_day)]

    @property
    def tiles(self) -> list[Tile]:
        return [tile for share in self._shares for tile in share.tiles]

    @cached_property
    def days(self) -> list[Day]:
        """The next days to remember, each once; those that have passed stand among the todos."""
        told = {
            (one.day, one.label): one.url
            for share in self._shares
            for one in share.deadlines
            if one.day >= self.today
        }
        told |= {
            (todo.due, todo.title): todo.url
            for share in self._shares
            for todo in share.todos
            if todo.due and todo.due >= self.today
        }
        return [self._day(label, day, told[day, label]) for day, label in sorted(told)[:DEADLINES]]

    @property
    def n_late(self) -> int:
        return sum(one.is_late for one in self.todos)

    @property
    def answer(self) -> str:
        """What waits for the reader, in one sentence."""
        n = len(self.todos)
        if not n:
            said = gettext("Nothing waits for you today.")
        elif self.n_late:
            said = ngettext(
                "%(n)d thing waits for you, %(late)d of them overdue.",
                "%(n)d things wait for you, %(late)d of them overdue.",
                n,
            ) % {"n": n, "late": self.n_late}
        else:
            said = ngettext("%(n)d thing waits for you.", "%(n)d things wait for you.", n) % {
                "n": n
            }
        if not self.days:
            return said
        nearest = gettext("The next deadline is %(day)s.") % {"day": self.days[0].day}
        return f"{said} {nearest}"

    def _line(self, todo: Todo) -> Line:
        return Line(
            title=todo.title,
            detail=todo.detail,
            due=todo.due.isoformat() if todo.due else "",
            is_late=todo.due is not None and todo.due < self.today,
            action=todo.action,
            url=todo.url,
        )

    def _day(self, label: str, day: date, url: str) -> Day:
        left = (day - self.today).days
        said = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
        return Day(label, day.isoformat(), said if left else gettext("today"), url)


def _by_day(todo: Todo) -> tuple[bool, str]:
    return todo.due is None, todo.due.isoformat() if todo.due else ""

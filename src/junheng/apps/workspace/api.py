"""What other apps put on the first page of a reader: things to do, figures, days to remember.

An app registers one function of the reader and of today. It is asked at every visit of the page, so
it reads in a constant number of queries and tells one line for many like things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader

    Desk: TypeAlias = Callable[[Reader, date], "Share"]


@dataclass(frozen=True)
class Todo:
    """One thing to do, in the words of the page. `action` is the verb on its button."""

    title: str
    url: str
    action: str
    detail: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Tile:
    """One figure; `of` is the whole it is part of, `status` draws shape and word."""

    label: str
    value: str
    of: str = ""
    note: str = ""
    status: str = ""
    url: str = ""


@dataclass(frozen=True)
class Deadline:
    """A day that the reader should know of, whoever has to act."""

    label: str
    day: date
    url: str


@dataclass(frozen=True)
class Share:
    """What one app puts on the page."""

    todos: Sequence[Todo] = ()
    tiles: Sequence[Tile] = ()
    deadlines: Sequence[Deadline] = ()


NOTHING = Share()

_desks: dict[str, Desk] = {}


def register(app: str, desk: Desk) -> None:
    """Have `desk` asked for what an app puts on the page."""
    _desks[app] = desk


def shares_of(reader: Reader, today: date) -> list[Share]:
    """Return what all apps put on the page of a reader, in the order of their names."""
    return [_desks[app](reader, today) for app in sorted(_desks)]

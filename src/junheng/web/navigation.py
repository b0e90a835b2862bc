"""The menu and the scope in the header, as the reader's posts of today allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.accounts.api import Reader, Role

if TYPE_CHECKING:
    from django.http import HttpRequest

AT_BUREAU = frozenset({Role.BUREAU_LEADER, Role.SUPERVISION_OFFICER, Role.PLANNING_OFFICER})
AT_SCHOOL = frozenset({Role.HEAD, Role.SCHOOL_CLERK})


@dataclass(frozen=True)
class Item:
    """One page of the menu, and which roles find it there (None: everyone)."""

    label: str
    address: str
    icon: str
    roles: frozenset[Role] | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the menu as it is shown."""

    label: str
    url: str = ""
    icon: str = ""
    is_current: bool = False
    children: tuple[Entry, ...] = ()


MENU: tuple[Item, ...] = (
    Item(gettext_noop("District"), "home", "home", AT_BUREAU),
    Item(gettext_noop("Assessments"), "balance:assessments", "table", AT_BUREAU),
    Item(
        gettext_noop("Upload a table"),
        "balance:upload",
        "upload",
        frozenset({Role.SUPERVISION_OFFICER}),
    ),
    Item(gettext_noop("My school"), "balance:own_school", "school", AT_SCHOOL),
    Item(gettext_noop("Rule sets"), "balance:rulesets", "rules"),
    Item(gettext_noop("My posts"), "posts", "person"),
)


def frame_context(request: HttpRequest) -> dict[str, object]:
    """Return the menu and, where a page names none itself, the organisation read for."""
    reader = getattr(request, "reader", None)
    if not isinstance(reader, Reader):
        return {}
    first = next(iter(reader.posts), None)
    return {
        "navigation": navigation(reader, request.path),
        "scope": {"label": first.organisation} if first else None,
    }


def navigation(reader: Reader, path: str) -> tuple[Entry, ...]:
    """Return the menu of a reader as seen from `path`."""
    items = [item for item in MENU if item.roles is None or item.roles & reader.roles]
    current = _current(items, path, is_at_bureau=bool(AT_BUREAU & reader.roles))
    return tuple(
        Entry(gettext(item.label), reverse(item.address), item.icon, item is current)
        for item in items
    )


def _current(items: list[Item], path: str, *, is_at_bureau: bool) -> Item | None:
    """Return the item that `path` lies under; pages of an assessment lie under the first one."""
    homes = {"home"} if is_at_bureau else {"balance:own_school"}
    if path.startswith("/balance/") and path.split("/")[2].isdecimal():
        return next((item for item in items if item.address in homes), None)
    fitting = [item for item in items if path.startswith(reverse(item.address))]
    found = max(fitting, key=lambda item: len(reverse(item.address)), default=None)
    return found if found and (found.address != "home" or path == "/") else None

"""What the pages of all apps show alike: links, steps, pagers, values that change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext, gettext_noop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STEPS = (
    gettext_noop("Get the template"),
    gettext_noop("Fill it in"),
    gettext_noop("Check"),
    gettext_noop("Apply"),
)


@dataclass(frozen=True)
class Link:
    """A text with an address; `n` is what a filter counts, `status` draws its shape."""

    label: str
    url: str = ""
    is_current: bool = False
    n: int | None = None
    status: str = ""
    title: str = ""


@dataclass(frozen=True)
class Step:
    """One step from the template to what is applied; `state` is done, now or next."""

    label: str
    note: str
    state: str
    url: str


@dataclass(frozen=True)
class Pager:
    """Where one is in a long list."""

    text: str
    previous_url: str
    next_url: str


@dataclass(frozen=True)
class DiffCell:
    """One value as it is stored and as it would be."""

    old: str
    new: str


def language() -> str:
    """Return the language of the page: zh or en."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def steps(now: int, urls: Sequence[str]) -> list[Step]:
    """Return the four steps, the one at `now` (0 to 3) being done; 4 when all are done."""
    states = ["done" if at < now else "now" if at == now else "next" for at in range(len(STEPS))]
    return [
        Step(gettext(label), "", state, url)
        for label, state, url in zip(STEPS, states, urls, strict=True)
    ]


def pager(page: int, size: int, n_all: int, url: Callable[[int], str]) -> Pager | None:
    """Return the way to the neighbouring pages, None where one page holds all.

    `url` gives the address of a page by its number, 1 for the first.
    """
    if n_all <= size:
        return None
    first, last = (page - 1) * size + 1, min(page * size, n_all)
    text = gettext("%(first)d to %(last)d of %(all)d")
    return Pager(
        text % {"first": first, "last": last, "all": n_all},
        url(page - 1) if page > 1 else "",
        url(page + 1) if last < n_all else "",
    )

"""The school year of a page: asked for in the address, else the newest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue import selectors
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

FIRST_YEAR, LAST_YEAR = 2010, 2100


def asked(request: HttpRequest) -> int:
    """Return the first year of the school year asked for; NotFound for one that is none."""
    text = request.GET.get("year", "")
    if not text:
        return selectors.first_year_now()
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise NotFound(say("There is no such school year."))
    return int(text)


def label(first_year: int) -> str:
    """Return a school year as it is written.

    >>> label(2025)
    '2025-2026'
    """
    return f"{first_year}-{first_year + 1}"


def choices(first_year: int) -> list[tuple[int, str]]:
    """Return the school years to choose from around one."""
    return [(year, label(year)) for year in range(first_year + 1, first_year - 4, -1)]


def period(first_year: int) -> dict[str, str]:
    """Return the school year for the header of a page."""
    return {"label": gettext("School year %(year)s") % {"year": label(first_year)}}

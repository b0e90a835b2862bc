"""The school year of a page: asked for in the address, else the newest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import clock
from junheng.apps.registry.api import SchoolYear, school_year_on
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

FIRST_YEAR, LAST_YEAR = 2010, 2100
YEARS_BACK = 4


def asked_year(request: HttpRequest) -> int:
    """Return the year in which the school year asked for begins; NotFound for one that is none."""
    text = request.GET.get("year", "")
    if not text:
        return newest_year()
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise NotFound(say("There is no such school year."))
    return int(text)


def newest_year() -> int:
    """Return the year in which the newest school year that was opened begins, else today's."""
    newest = SchoolYear.objects.order_by("-starts_on").first()
    return newest.starts_on.year if newest else school_year_on(clock.today())


def choices() -> list[tuple[int, str]]:
    """Return the school years that a file may be of, newest first."""
    newest = newest_year()
    return [(year, f"{year}-{year + 1}") for year in range(newest + 1, newest - YEARS_BACK, -1)]

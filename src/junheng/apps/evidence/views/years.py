"""The school year of a page: asked for in the address, else the newest one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.evidence.selectors import first_year_now
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

FIRST, LAST = 2010, 2100


def asked_year(request: HttpRequest) -> int:
    """Return the year in which the school year asked for begins; NotFound for one that is none."""
    text = request.GET.get("year", "")
    if not text:
        return first_year_now()
    if text.isdecimal() and FIRST <= int(text) <= LAST:
        return int(text)
    raise NotFound(say("There is no such school year."))

"""Words that the pages of the binder share."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.evidence.items import PARTS
from junheng.apps.foundation.shown import language

if TYPE_CHECKING:
    from junheng.apps.evidence.items import Item
    from junheng.apps.evidence.models import Evidence

KB, MB = 1000, 1_000_000


def item_title(item: Item) -> str:
    """Return an item as the standard names it: part, number, name."""
    told = {"part": part_name(item.part), "number": item.number, "name": name_of(item)}
    return gettext("%(part)s %(number)s: %(name)s") % told


def name_of(item: Item) -> str:
    """Return the name of an item in the language of the page."""
    return item.name.of(language())


def part_name(part: str) -> str:
    """Return the name of a part of the standard."""
    return gettext(PARTS[part])


def owner(evidence: Evidence) -> str:
    """Return whose evidence it is: a school, or the bureau."""
    return evidence.school.name if evidence.school else evidence.bureau.name


def size(n_bytes: int) -> str:
    """Return a length in words.

    >>> size(999), size(1_234_567)
    ('1 kB', '1.2 MB')
    """
    if n_bytes < MB:
        return f"{-(-n_bytes // KB)} kB"
    return f"{n_bytes / MB:.1f} MB"


def year_label(first_year: int) -> str:
    """Return a school year as it is written.

    >>> year_label(2025)
    '2025-2026'
    """
    return f"{first_year}-{first_year + 1}"


def period(first_year: int) -> dict[str, str]:
    """Return the school year for the header of a page."""
    return {"label": gettext("School year %(year)s") % {"year": year_label(first_year)}}


def binder_url(first_year: int, **other: object) -> str:
    """Return the address of the binder of a school year."""
    return _with(reverse("evidence:binder"), first_year, other)


def item_url(item_id: str, first_year: int, **other: object) -> str:
    """Return the address of the evidence for an item."""
    return _with(reverse("evidence:item", args=[item_id]), first_year, other)


def _with(url: str, first_year: int, other: dict[str, object]) -> str:
    told = {"year": first_year} | {name: value for name, value in other.items() if value}
    return f"{url}?{urlencode(told)}"

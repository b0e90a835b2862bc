"""What other parts may use: how much evidence there is, and where it is filed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from junheng.apps.evidence.rules import files
from junheng.apps.evidence.selectors import counts_of

__all__ = ["counts_of", "file_mb", "item_url"]


def file_mb() -> int:
    """Return how large one file may be, in MB."""
    return files().file_mb


def item_url(item_id: str, *, year: int, school_id: int | None = None) -> str:
    """Return the page of the evidence for one item in a school year, for one school or all."""
    told = {"year": year} | ({} if school_id is None else {"school": school_id})
    return f"{reverse('evidence:item', args=[item_id])}?{urlencode(told)}"

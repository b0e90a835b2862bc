"""What other parts may use: importing at once, undoing, and where an import is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from junheng.apps.intake.at_once import Outcome, import_now
from junheng.apps.intake.places import Where, places_of, tells_of_people
from junheng.apps.intake.services import import_undo

if TYPE_CHECKING:
    from junheng.apps.accounts.api import Reader

__all__ = [
    "Outcome",
    "Where",
    "import_now",
    "import_undo",
    "places_of",
    "start_url",
    "tells_of_people",
]


def start_url(reader: Reader, dataset: str) -> str:
    """Return the page on which the reader starts to import a dataset; empty for who may not."""
    if any(where.has(dataset) for where in places_of(reader)):
        return reverse("intake:start", args=[dataset])
    return ""

"""The day and the moment, asked for at the edge of the product and passed inwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date, datetime


def now() -> datetime:
    """Return the present moment, aware of its time zone."""
    return timezone.now()


def today(moment: datetime | None = None) -> date:
    """Return the calendar day in China at `moment` (default: now).

    Rights change at midnight in Asia/Shanghai, wherever the server stands.
    """
    return timezone.localdate(moment)

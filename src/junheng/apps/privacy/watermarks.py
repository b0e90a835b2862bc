"""The mark of an export: who took it out, when, for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from junheng.apps.privacy.rules import disclosing
from junheng.engine.store.watermark import Watermark

if TYPE_CHECKING:
    from datetime import datetime


def watermark_of(user_name: str, *, purpose: str, now: datetime, language: str) -> Watermark:
    """Return the mark for a workbook in a language (zh or en); `user_name` is that of sign-in."""
    at = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    return Watermark(user_name, at, disclosing().purposes[purpose].of(language), language)

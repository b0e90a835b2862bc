"""What other apps may use: purposes, showing in full, handing out, consent."""

from __future__ import annotations

from junheng.apps.privacy.consents import has_consent
from junheng.apps.privacy.disclosures import (
    Asked,
    export_ask,
    purpose_checked,
    rows_left_alone,
    unmask,
)
from junheng.apps.privacy.forms import PurposeForm
from junheng.apps.privacy.rules import disclosing
from junheng.apps.privacy.small_cells import Shown, hide_small, is_small
from junheng.apps.privacy.watermarks import watermark_of
from junheng.apps.privacy.words import language

__all__ = [
    "Asked",
    "PurposeForm",
    "Shown",
    "disclosing",
    "export_ask",
    "has_consent",
    "hide_small",
    "is_small",
    "language",
    "purpose_checked",
    "rows_left_alone",
    "unmask",
    "watermark_of",
]

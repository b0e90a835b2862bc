"""What other apps, commands and the site may use: put an act into the log, seal it, prove it."""

from __future__ import annotations

from junheng.apps.audit.heads import heads_in
from junheng.apps.audit.recording import KEYS_KEPT, key_of, record
from junheng.apps.audit.requests import address_of
from junheng.apps.audit.sealing import seal_due
from junheng.apps.audit.verifying import Finding, Verified, verify
from junheng.apps.audit.visits import shows

__all__ = [
    "KEYS_KEPT",
    "Finding",
    "Verified",
    "address_of",
    "heads_in",
    "key_of",
    "record",
    "seal_due",
    "shows",
    "verify",
]

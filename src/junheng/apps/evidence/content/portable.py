"""PDF documents: whole, and open to everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from junheng.apps.evidence.content.refusal import Refused
from junheng.i18n import say

if TYPE_CHECKING:
    from typing import BinaryIO

MARK = b"%PDF-"
_END = b"%%EOF"
_TAIL_BYTES = 2048
_BLOCK = 1024 * 1024
_OVERLAP = 64
# The dictionary of the trailer is never packed, be it a trailer or a stream of cross-references.
_LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")


def check(file: BinaryIO, name: str) -> None:
    """Refuse a PDF that ends too early or is encrypted."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL_BYTES))
    if _END not in file.read():
        raise Refused(
            name,
            say("the PDF ends too early: it was not copied to its end."),
            say("Export or scan it again."),
        )
    if _is_locked(file):
        raise Refused(
            name,
            say("the PDF is encrypted."),
            say("Print it into a new PDF without a password or limits, and send that."),
        )


def _is_locked(file: BinaryIO) -> bool:
    file.seek(0)
    before = b""
    while block := file.read(_BLOCK):
        if _LOCKED.search(before + block):
            return True
        before = block[-_OVERLAP:]
    return False

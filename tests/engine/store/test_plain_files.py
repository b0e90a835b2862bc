"""Which characters may pass without a second look."""

from __future__ import annotations

import re
import sys
import unicodedata

from junheng.engine.store.plain import ORDINARY
from junheng.engine.store.source import WHITE


def joined_characters() -> set[str]:
    """Every character that Unicode may join with the one before it, or move behind another."""
    joined = {chr(code) for code in range(0x1161, 0x1200)}  # vowels and finals of Hangul
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            joined.add(chr(int(parts[1], 16)))
        if unicodedata.combining(chr(code)):
            joined.add(chr(code))
    return joined


def test_ordinary_characters_are_their_own_normal_form() -> None:
    ordinary = re.compile(f"[{ORDINARY}]")
    found = [c for c in map(chr, range(0x80, sys.maxunicode + 1)) if ordinary.fullmatch(c)]
    assert len(found) > 20_000
    assert not set(found) & joined_characters()
    assert not set(found) & set(WHITE)
    assert all(unicodedata.normalize("NFC", c) == c for c in found)

"""Texts inside the records of an .xls workbook, which may be split between records.

Source: [MS-XLS] sections 2.4.265 (SST), 2.5.293 (XLUnicodeRichExtendedString).
"""

from __future__ import annotations

import struct
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE, _ASIAN, _RICH = 0x01, 0x04, 0x08


class Pieces:
    """Contents of a record and of those that continue it, read from left to right."""

    def __init__(self, parts: Sequence[bytes], place: int = 0) -> None:
        self._parts = parts
        self._ix = 0
        self._place = place

    def take(self, n_bytes: int) -> bytes:
        """Return the next bytes, over the ends of parts; ValueError when there are not so many."""
        taken = b""
        while len(taken) < n_bytes:
            piece = self._here(n_bytes - len(taken))
            taken += piece
        return taken

    def number(self, form: str) -> int:
        """Return the next number of a `struct` form."""
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def characters(self, n_characters: int, flags: int) -> str:
        """Return the next characters; after each end of a part a new flag tells their width."""
        text = ""
        while n_characters:
            if self._left() == 0:
                self._next()
                flags = self.number("<B")
            width = 2 if flags & _WIDE else 1
            n_here = min(n_characters, self._left() // width)
            if n_here == 0:
                raise ValueError("a character is cut in two")
            piece = self.take(n_here * width)
            text += piece.decode("utf-16-le" if width == 2 else "latin-1", "replace")
            n_characters -= n_here
        return text

    def _left(self) -> int:
        return len(self._parts[self._ix]) - self._place

    def _next(self) -> None:
        self._ix += 1
        self._place = 0
        if self._ix >= len(self._parts):
            raise ValueError("the text goes on beyond its records")

    def _here(self, most: int) -> bytes:
        if self._left() <= 0:
            self._next()
        piece = self._parts[self._ix][self._place : self._place + most]
        self._place += len(piece)
        return piece


def unicode_string(pieces: Pieces, *, wide: bool) -> str:
    """Return a text with its length before it, of two bytes when `wide`, in normal form C."""
    n_characters = pieces.number("<H" if wide else "<B")
    flags = pieces.number("<B")
    n_runs = pieces.number("<H") if flags & _RICH else 0
    n_asian = pieces.number("<I") if flags & _ASIAN else 0
    text = pieces.characters(n_characters, flags)
    pieces.take(4 * n_runs)
    pieces.take(n_asian)
    return unicodedata.normalize("NFC", text)


def byte_string(content: bytes, place: int, codec: str, *, wide: bool) -> str:
    """Return a text of Excel 95, in the code page of its workbook."""
    form = "<H" if wide else "<B"
    (n_bytes,) = struct.unpack_from(form, content, place)
    start = place + struct.calcsize(form)
    return unicodedata.normalize("NFC", content[start : start + n_bytes].decode(codec, "replace"))


def shared_strings(pieces: Pieces) -> list[str]:
    """Return the table of texts that cells refer to."""
    _, n_strings = pieces.number("<I"), pieces.number("<I")
    return [unicode_string(pieces, wide=True) for _ in range(n_strings)]

"""Bytes to text: UTF-8 with or without mark, else GB18030 in its edition of 2022."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BOM = b"\xef\xbb\xbf"

# GB 18030-2022 gives eighteen two-byte codes, until then private-use characters, to characters
# that Unicode has gained since; the four-byte codes of those characters take the private-use ones
# in exchange. A8BC and 8135F437 were exchanged in the same way by the edition of 2005. Python's
# codec follows the edition of 2000. Source: GB 18030-2022, list of changed mappings; the same
# eighteen are in the WHATWG Encoding Standard, index gb18030.
_TWO_BYTE = {
    "A6D9": "\ufe10",
    "A6DA": "\ufe12",
    "A6DB": "\ufe11",
    "A6DC": "\ufe13",
    "A6DD": "\ufe14",
    "A6DE": "\ufe15",
    "A6DF": "\ufe16",
    "A6EC": "\ufe17",
    "A6ED": "\ufe18",
    "A6F3": "\ufe19",
    "FE59": "\u9fb4",
    "FE61": "\u9fb5",
    "FE66": "\u9fb6",
    "FE67": "\u9fb7",
    "FE6D": "\u9fb8",
    "FE7E": "\u9fb9",
    "FE90": "\u9fba",
    "FEA0": "\u9fbb",
    "A8BC": "\u1e3f",
}


def _exchanges() -> dict[int, str]:
    """Return what to exchange after the codec; empty for a codec that knows the edition of 2022."""
    table: dict[int, str] = {}
    for code, character in _TWO_BYTE.items():
        private = bytes.fromhex(code).decode("gb18030")
        if private != character:
            table[ord(private)] = character
            table[ord(character)] = private
    return table


_EXCHANGES = _exchanges()
_EXCHANGED = re.compile("[" + "".join(map(chr, _EXCHANGES)) + "]") if _EXCHANGES else None


_THREE_BYTES = re.compile("[\u0800-\U0010ffff]")
_FROM_CYRILLIC_ON = re.compile("[\u0400-\u07ff]")


@dataclass(frozen=True)
class Decoded:
    """The text of a file, and whether its bytes are exactly this text in UTF-8 (mark apart)."""

    text: str
    is_as_stored: bool


class EncodingUnknownError(Exception):
    """Neither encoding fits; the offsets are counted in bytes from 0."""

    def __init__(self, utf8_offset: int, gb18030_offset: int) -> None:
        super().__init__(f"not UTF-8 at byte {utf8_offset}, not GB18030 at byte {gb18030_offset}")
        self.utf8_offset = utf8_offset
        self.gb18030_offset = gb18030_offset


def decode(data: bytes) -> Decoded:
    """Return the text in Unicode normal form C; EncodingUnknownError when neither encoding fits."""
    try:
        text, is_as_stored = data.removeprefix(_BOM).decode("utf-8"), True
        if _is_chinese_in_disguise(data, text):
            text, is_as_stored = _from_gb18030(data, 0), False
    except UnicodeDecodeError as not_utf8:
        text, is_as_stored = _from_gb18030(data, not_utf8.start), False
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return Decoded(text, is_as_stored)
    return Decoded(unicodedata.normalize("NFC", text), is_as_stored=False)


def _is_chinese_in_disguise(data: bytes, text: str) -> bool:
    """Whether valid UTF-8 is more likely GB2312, as the two bytes of 学 are those of a Cyrillic ѧ.

    So it is when every letter beyond ASCII has two bytes, some are beyond Greek, and all are
    common Chinese characters when read as GB2312. Words in Cyrillic have bytes that are none.
    """
    if text.isascii() or _THREE_BYTES.search(text) or not _FROM_CYRILLIC_ON.search(text):
        return False
    try:
        data.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def _from_gb18030(data: bytes, utf8_offset: int) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as not_gb:
        raise EncodingUnknownError(utf8_offset, not_gb.start) from not_gb
    if _EXCHANGED is not None and _EXCHANGED.search(text):
        return text.translate(_EXCHANGES)
    return text

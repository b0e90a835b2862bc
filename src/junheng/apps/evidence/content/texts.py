"""Plain text: UTF-8 or GB18030, and nothing but characters."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, BinaryIO

from junheng.apps.evidence.content.refusal import Refused
from junheng.apps.evidence.names import ending_of
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.apps.evidence.rules import FileRules

ENCODINGS = ("utf-8-sig", "gb18030")
_BLOCK = 256 * 1024
# Control characters that no text holds; tab, line ends and form feed are none of them.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 26}) + b"\x7f"


def check(file: BinaryIO, name: str, rules: FileRules) -> None:
    """Refuse what is no text, or does not bear the name of one."""
    if ending_of(name) not in rules.kind("text").endings:
        raise Refused(
            name,
            say("its content is none of the kinds that are taken, or it is damaged."),
            say("Send one of these: {endings}.", endings=", ".join(rules.endings)),
        )
    if encoding_of(file) is None:
        raise Refused(
            name,
            say("it is no plain text."),
            say("Save it as text in UTF-8, or export it as PDF."),
        )


def encoding_of(file: BinaryIO) -> str | None:
    """Return in which encoding a file is text from beginning to end; None for none."""
    for encoding in ENCODINGS:
        if _is_text(file, encoding):
            return encoding
    return None


def _is_text(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            if block.translate(None, _CONTROLS) != block:
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

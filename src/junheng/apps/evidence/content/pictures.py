"""Pictures: JPEG and PNG, by their marks and the frame that tells their size."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from junheng.apps.evidence.content.refusal import Refused
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.apps.evidence.rules import FileRules

PNG_MARK = b"\x89PNG\r\n\x1a\n"
JPEG_MARK = b"\xff\xd8\xff"
_PNG_END = b"IEND"
# Frames of JPEG: C0 to CF but for the tables C4, C8 and CC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_MOST_SEGMENTS = 4000


@dataclass(frozen=True)
class PictureCheck:
    """How one kind of picture begins, and how it is looked at."""

    kind: str
    mark: bytes
    size: Callable[[BinaryIO], tuple[int, int] | None]

    def run(self, file: BinaryIO, name: str, rules: FileRules) -> None:
        """Refuse a picture that is damaged, or so large that showing it harms a computer."""
        found = self.size(file)
        if found is None:
            raise Refused(
                name,
                say("the picture is damaged or was not copied to its end."),
                say("Copy it again from the camera or scanner."),
            )
        if found[0] * found[1] > rules.pixels:
            raise Refused(
                name,
                say("the picture has {width} x {height} points.", width=found[0], height=found[1]),
                say("Save it at a lower resolution."),
            )


def png_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height of a PNG; None for a damaged one."""
    file.seek(len(PNG_MARK))
    head = file.read(16)
    if len(head) < 16 or head[4:8] != b"IHDR":
        return None
    size = file.seek(0, 2)
    file.seek(max(0, size - 1024))
    if _PNG_END not in file.read():
        return None
    return _positive(struct.unpack(">II", head[8:16]))


def jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height of a JPEG from its frame; None where its segments break off."""
    file.seek(2)
    for _ in range(_MOST_SEGMENTS):
        mark = file.read(2)
        if len(mark) < 2 or mark[0] != 0xFF:
            return None
        if mark[1] == 0xFF:
            file.seek(-1, 1)
            continue
        if mark[1] in _ALONE:
            continue
        length = file.read(2)
        if len(length) < 2:
            return None
        if mark[1] in _FRAMES:
            frame = file.read(5)
            if len(frame) < 5:
                return None
            height, width = struct.unpack(">HH", frame[1:5])
            return _positive((width, height))
        file.seek(max(0, int.from_bytes(length, "big") - 2), 1)
    return None


def _positive(size: tuple[int, int]) -> tuple[int, int] | None:
    return size if min(size) > 0 else None


CHECKS = (
    PictureCheck("png", PNG_MARK, png_size),
    PictureCheck("jpeg", JPEG_MARK, jpeg_size),
)

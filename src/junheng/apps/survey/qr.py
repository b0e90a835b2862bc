"""A QR code as the path of a drawing, made here: no address leaves the site."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_L
from qrcode.main import QRCode

# Every mask is valid; to try all eight takes eight times as long for slips that come by hundreds.
MASK = 2
BORDER = 2


@dataclass(frozen=True)
class Drawing:
    """A square of `side` modules; `path` covers the dark ones."""

    side: int
    path: str


def drawn(text: str) -> Drawing:
    """Return the code of a text.

    >>> drawn("https://example.org").side
    29
    """
    made = QRCode(border=BORDER, error_correction=ERROR_CORRECT_L, mask_pattern=MASK)
    made.add_data(text)
    made.make(fit=True)
    rows = made.get_matrix()
    return Drawing(len(rows), "".join(_runs(row, y) for y, row in enumerate(rows)))


def _runs(row: list[bool], y: int) -> str:
    """Return the dark runs of one line as rectangles of height 1."""
    parts, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            parts.append(f"M{start} {y}h{x - start}v1H{start}z")
            start = None
    return "".join(parts)

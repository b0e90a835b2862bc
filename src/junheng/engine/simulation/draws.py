"""Draws that repeat byte for byte, everywhere and for ever.

The standard library promises little about its generators beyond `random()`, NumPy allows its
streams to change between versions, and `exp`, `log` or `**` differ in the last bit between
machines. Here a draw is a piece of a SHA-256 digest, and what is made of it uses + - * / only,
which IEEE 754 fixes to the last bit.

Every stream has a name (school, subject): a further subject, or people drawn later for the same
schools, leave the draws of all others as they were.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

MANTISSA_BITS = 53
STEPS = 1 << MANTISSA_BITS


class Draw:
    """A stream of draws that depends on a seed and a name, and on nothing else.

    >>> Draw(1, "school", 4).whole(1, 6) == Draw(1, "school", 4).whole(1, 6)
    True
    """

    def __init__(self, seed: int, *name: str | int) -> None:
        self._name = "/".join(str(part) for part in (seed, *name))
        self._n_drawn = 0

    def share(self) -> float:
        """Return the next number, evenly spread over [0, 1)."""
        digest = hashlib.sha256(f"{self._name}#{self._n_drawn}".encode()).digest()
        self._n_drawn += 1
        return (int.from_bytes(digest[:8], "big") >> (64 - MANTISSA_BITS)) / STEPS

    def between(self, low: float, high: float) -> float:
        """Return a number evenly spread over [low, high)."""
        return low + (high - low) * self.share()

    def skewed(self, low: float, high: float) -> float:
        """Return a number of [low, high), more often near `low`: the square of an even draw."""
        share = self.share()
        return low + (high - low) * share * share

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int((high - low + 1) * self.share())

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a drawn order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.whole(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number by weights so that the parts sum to it (largest remainders).

    Of two equal remainders the earlier part gets the unit.

    >>> apportion(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda ix: (parts[ix] - exact[ix], ix))
    for ix in by_remainder[: total - sum(parts)]:
        parts[ix] += 1
    return parts

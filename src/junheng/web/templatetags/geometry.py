"""Where the marks of a chart go: pure functions from figures to places.

Horizontal places are percentages of the width, so that a chart follows the width of its page
without a script and its text keeps its size; vertical places and radii are CSS pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Number = int | float | Decimal | Fraction
Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """Maps `low`..`high` onto `start`..`end` in a straight line."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0

    def at(self, value: Number) -> float:
        """Return the place of `value`, two decimals; the middle when the scale has no length.

        >>> Scale(0, 10).at(2.5)
        25.0
        """
        if self.high == self.low:
            return round((self.start + self.end) / 2, 2)
        share = (float(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


def tick_step(span: float, n_ticks: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that gives about `n_ticks` over `span`.

    >>> tick_step(9.3, 5)
    2.0
    """
    raw = span / n_ticks
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * nice for nice in (1, 2, 5, 10) if raw <= power * nice * 1.0000001)


def ticks(low: float, high: float, n_ticks: int = 5) -> list[float]:
    """Return round numbers that begin at or below `low` and end at or above `high`.

    >>> ticks(0.2, 9.3)
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    """
    if high == low:
        high = low + 1.0
    step = tick_step(high - low, n_ticks)
    first, last = math.floor(low / step + 1e-12), math.ceil(high / step - 1e-12)
    return [round(step * n, 10) for n in range(first, last + 1)]


def tick_decimals(values: Sequence[float]) -> int:
    """Return how many decimals tell neighbouring ticks apart.

    >>> tick_decimals([0.0, 0.25, 0.5])
    2
    """
    return max((len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in values), default=0)


def radius(size: Number, largest: Number, largest_radius: float, least: float = 2.0) -> float:
    """Return the radius whose area is to the largest disc's as `size` is to `largest`."""
    share = max(float(size), 0.0) / float(largest) if largest else 0.0
    return round(max(least, largest_radius * math.sqrt(share)), 2)


@dataclass(frozen=True)
class Disc:
    """A disc to be placed on a strip: `x` in pixels along it, radius in pixels."""

    x: float
    r: float


def pack(discs: Sequence[Disc], half_height: float, pitch: float = 2.0) -> list[float]:
    """Return for each disc how far off the middle line (pixels) it goes so as to touch few others.

    Discs keep their x, which is a figure, and move up and down only. Larger discs choose first and
    take the free place nearest to the middle; where a strip is full, the place of least overlap.
    The result does not depend on the order of equal discs.
    """
    offsets = _steps(half_height, pitch)
    placed: list[tuple[float, float, float]] = []
    result = [0.0] * len(discs)
    for index in sorted(range(len(discs)), key=lambda i: (-discs[i].r, discs[i].x)):
        disc = discs[index]
        near = [other for other in placed if abs(other[0] - disc.x) < other[2] + disc.r]
        room = [y for y in offsets if abs(y) + disc.r <= half_height] or [0.0]
        result[index] = _best(disc, room, near)
        placed.append((disc.x, result[index], disc.r))
    return result


def _steps(half_height: float, pitch: float) -> list[float]:
    """Places off the middle, nearest first: 0, 2, -2, 4, -4 ..."""
    far = int(half_height // pitch)
    return [0.0, *(sign * pitch * n for n in range(1, far + 1) for sign in (1, -1))]


def _best(disc: Disc, room: Sequence[float], others: Sequence[tuple[float, float, float]]) -> float:
    """Return the first free place, else the one of least overlap."""
    free = (y for y in room if _clearance(disc, y, others) >= 0)
    found = next(free, None)
    return max(room, key=partial(_clearance, disc, others=others)) if found is None else found


def _clearance(disc: Disc, y: float, others: Sequence[tuple[float, float, float]]) -> float:
    """How far the disc at `y` stays away from the nearest other; negative when they overlap."""
    gaps = (math.hypot(x - disc.x, other_y - y) - r - disc.r for x, other_y, r in others)
    return min(gaps, default=0.0)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart so that neighbours are at least `gap` away, within `low`..`high`.

    The order of the places is kept and the sum of squared moves is least (isotonic regression of
    the places less their due distance). When there is no room for all, the gaps shrink evenly.

    >>> spread([10, 12, 50], 12, 0, 100)
    [5.0, 17.0, 50]
    """
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    order = sorted(range(len(places)), key=lambda i: places[i])
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, n = places[index] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            below, n_below = pools.pop()
            mean, n = (mean * n + below * n_below) / (n + n_below), n + n_below
        pools.append((mean, n))
    starts = [mean for mean, n in pools for _ in range(n)]
    ceiling = high - gap * (len(places) - 1)
    moved = dict(zip(order, starts, strict=True))
    return [
        min(max(moved[index], low), ceiling) + rank * gap
        for index, rank in sorted((index, rank) for rank, index in enumerate(order))
    ]


@dataclass(frozen=True)
class Projection:
    """Maps metres (x east, y north) onto a drawing `width` wide, north up."""

    left: float
    top: float
    units_per_m: float
    width: float
    height: float
    margin: float

    def at(self, x_m: Number, y_m: Number) -> Point:
        """Return the place of a point given in metres."""
        x = self.margin + (float(x_m) - self.left) * self.units_per_m
        y = self.margin + (self.top - float(y_m)) * self.units_per_m
        return round(x, 1), round(y, 1)

    def path(self, points: Iterable[tuple[Number, Number]], *, closed: bool = False) -> str:
        """Return the `d` of an SVG path through `points`."""
        places = [self.at(x_m, y_m) for x_m, y_m in points]
        text = "L".join(f"{x:g} {y:g}" for x, y in places)
        return f"M{text}{'Z' if closed else ''}" if places else ""


def project(
    points: Sequence[tuple[Number, Number]], *, width: float = 1000, margin: float = 24
) -> Projection:
    """Return the projection that shows all `points` (metres) on a drawing `width` wide."""
    xs = [float(x) for x, _ in points] or [0.0]
    ys = [float(y) for _, y in points] or [0.0]
    span_x, span_y = max(xs) - min(xs) or 1.0, max(ys) - min(ys)
    units_per_m = (width - 2 * margin) / span_x
    height = round(span_y * units_per_m + 2 * margin, 1)
    return Projection(min(xs), max(ys), units_per_m, width, height, margin)

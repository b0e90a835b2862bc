"""Tags that place the marks of charts; the components draw them. Figures in, places out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django import template

from junheng.web.templatetags import geometry
from junheng.web.templatetags.geometry import Disc, Number, Point, Scale
from junheng.web.templatetags.statuses import look_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

register = template.Library()

BAR_TOP = 1.5
"""The bar of an indicator ends at one and a half times the threshold."""

STRIP_WIDTH = 420.0
"""Width in pixels for which the dots of a strip are packed: half of a page. Wider is airier."""

STRIP_HEIGHT = 56.0
LARGEST_DOT = 6.0
LARGEST_DISC = 17.0


@dataclass(frozen=True)
class Bar:
    """A bar on the scale of thresholds; places in per cent of its length."""

    has_value: bool
    width: float
    is_beyond: bool
    has_threshold: bool
    threshold: float
    floor: float


@register.simple_tag
def indicator_bar(value: Number | None, threshold: Number | None, floor: Number | None) -> Bar:
    """Place a value, its threshold and its floor on one scale: the share of the threshold."""
    if not threshold:
        return Bar(False, 0, False, False, 0, 0)
    scale = Scale(0, float(threshold) * BAR_TOP)
    end = 0.0 if value is None else scale.at(value)
    floor_at = scale.at(floor) if floor is not None else scale.at(threshold)
    return Bar(value is not None, min(end, 100), end > 100, True, scale.at(threshold), floor_at)


@dataclass(frozen=True)
class Dot:
    """One school on a strip, with the school itself."""

    x: float
    y: float
    r: float
    school: Any


@dataclass(frozen=True)
class Tick:
    """A round number on an axis and its place."""

    place: float
    value: float


@dataclass(frozen=True)
class Strip:
    """A strip of schools: dots, axis, mean and threshold (None when there is none)."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    tick_decimals: int
    mean: float | None
    threshold: float | None
    height: float
    middle: float


@register.simple_tag
def dispersion_places(
    schools: Iterable[Any], mean: Number | None, threshold: Number | None
) -> Strip:
    """Place schools (attributes value, pupils) on the axis of one indicator.

    The axis begins at 0: a strip that began elsewhere would make every spread look alike.
    Schools without a value are left out.
    """
    known = [school for school in schools if school.value is not None]
    marks = [float(value) for value in (mean, threshold) if value is not None]
    values = [float(school.value) for school in known]
    axis = geometry.ticks(0.0, max([*values, *marks, 0.0]))
    scale = Scale(axis[0], axis[-1], 2, 98)
    return Strip(
        dots=_packed(known, scale),
        ticks=tuple(Tick(scale.at(value), value) for value in axis),
        tick_decimals=geometry.tick_decimals(axis),
        mean=None if mean is None else scale.at(mean),
        threshold=None if threshold is None else scale.at(threshold),
        height=STRIP_HEIGHT,
        middle=STRIP_HEIGHT / 2,
    )


def _packed(schools: Sequence[Any], scale: Scale) -> tuple[Dot, ...]:
    largest = max((school.pupils for school in schools), default=0)
    places = [scale.at(school.value) for school in schools]
    radii = [geometry.radius(school.pupils, largest, LARGEST_DOT) for school in schools]
    discs = [Disc(x / 100 * STRIP_WIDTH, r) for x, r in zip(places, radii, strict=True)]
    offsets = geometry.pack(discs, STRIP_HEIGHT / 2 - 1)
    return tuple(
        Dot(x, STRIP_HEIGHT / 2 + y, r, school)
        for x, y, r, school in zip(places, offsets, radii, schools, strict=True)
    )


@dataclass(frozen=True)
class Gauge:
    """A coefficient against its limit, in per cent of the gauge's length."""

    has_value: bool
    width: float
    limit: float


@register.simple_tag
def limit_gauge(value: Number | None, limit: Number | None) -> Gauge:
    """Place a coefficient on a gauge that ends at one and a half times its limit."""
    if not limit:
        return Gauge(False, 0, 0)
    scale = Scale(0, float(limit) * BAR_TOP)
    width = 0.0 if value is None else min(scale.at(value), 100.0)
    return Gauge(value is not None, width, scale.at(limit))


@dataclass(frozen=True)
class Segment:
    """A straight piece of a line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class TrendPoint:
    """One year of one line."""

    x: float
    y: float
    year: str
    value: Number


@dataclass(frozen=True)
class TrendLine:
    """A line, its points, and where its name stands."""

    series: Any
    segments: tuple[Segment, ...]
    points: tuple[TrendPoint, ...]
    end_y: float
    label_y: float


@dataclass(frozen=True)
class Trend:
    """Lines over years with a common axis."""

    lines: tuple[TrendLine, ...]
    years: tuple[tuple[float, str], ...]
    ticks: tuple[Tick, ...]
    tick_decimals: int
    limit: float | None
    limit_label: float


TREND_TOP, TREND_FOOT = 16.0, 24.0
"""Room in pixels above the highest line and below the axis, for the years."""


@register.simple_tag
def trend_places(
    series: Sequence[Any], years: Sequence[str], limit: Number | None = None, height: float = 200
) -> Trend:
    """Place series (attribute values: one per year, None where unknown) over `years`.

    A year without a value breaks the line; nothing is drawn across the gap.
    """
    top, base = TREND_TOP, float(height) - TREND_FOOT
    known = [float(v) for one in series for v in one.values if v is not None]
    axis = geometry.ticks(0.0, max([*known, float(limit or 0)]), 4)
    x_scale = Scale(0, max(len(years) - 1, 1))
    y_scale = Scale(axis[0], axis[-1], base, top)
    points = [_trend_points(one.values, years, x_scale, y_scale) for one in series]
    ends = [line[-1].y if line else base for line in points]
    labels = [round(y, 1) for y in geometry.spread(ends, 15, top, base)]
    limit_y = None if limit is None else y_scale.at(limit)
    return Trend(
        lines=tuple(
            TrendLine(one, _segments(one.values, x_scale, y_scale), line, end_y, label_y)
            for one, line, end_y, label_y in zip(series, points, ends, labels, strict=True)
        ),
        years=tuple((x_scale.at(at), year) for at, year in enumerate(years)),
        ticks=tuple(Tick(y_scale.at(value), value) for value in axis),
        tick_decimals=geometry.tick_decimals(axis),
        limit=limit_y,
        limit_label=_limit_label(limit_y, [line[0].y for line in points if line]),
    )


def _limit_label(limit_y: float | None, starts: Sequence[float]) -> float:
    """Where the name of the limit stands: over its line, or under when lines begin above."""
    if limit_y is None:
        return 0.0
    n_above = sum(y < limit_y for y in starts)
    return limit_y + (14 if 2 * n_above > len(starts) else -5)


def _trend_points(
    values: Sequence[Number | None], years: Sequence[str], x_scale: Scale, y_scale: Scale
) -> tuple[TrendPoint, ...]:
    return tuple(
        TrendPoint(x_scale.at(at), y_scale.at(value), year, value)
        for at, (value, year) in enumerate(zip(values, years, strict=True))
        if value is not None
    )


def _segments(
    values: Sequence[Number | None], x_scale: Scale, y_scale: Scale
) -> tuple[Segment, ...]:
    pairs = enumerate(pairwise(values))
    return tuple(
        Segment(x_scale.at(at), y_scale.at(one), x_scale.at(at + 1), y_scale.at(two))
        for at, (one, two) in pairs
        if one is not None and two is not None
    )


@dataclass(frozen=True)
class MapDisc:
    """One school at its place; radius by pupils."""

    x: float
    y: float
    r: float
    shape: str
    tone: str
    hatch: str
    school: Any


@dataclass(frozen=True)
class LegendEntry:
    """One status of the legend and how many schools have it."""

    status: str
    n: int


@dataclass(frozen=True)
class SchoolMap:
    """Everything on a map in units of its drawing."""

    width: float
    height: float
    outline: str
    rivers: tuple[str, ...]
    roads: tuple[str, ...]
    places: tuple[tuple[Point, str], ...]
    discs: tuple[MapDisc, ...]
    legend: tuple[LegendEntry, ...]
    scale_km: float
    scale_length: float


@register.simple_tag
def map_places(district: Any, schools: Sequence[Any]) -> SchoolMap:
    """Place schools (x_m, y_m, pupils, status) on the map of a district.

    `district` has outline, rivers, roads (lists of points in metres), places (name, x_m, y_m).
    Large schools are drawn first so that small ones lie on top of them.
    """
    located = [school for school in schools if school.x_m is not None]
    everything = [*district.outline, *((s.x_m, s.y_m) for s in located)]
    onto = geometry.project(everything)
    scale_km = geometry.tick_step((onto.width - 2 * onto.margin) / onto.units_per_m / 1000, 6)
    counts = Counter(str(school.status) for school in located)
    return SchoolMap(
        width=onto.width,
        height=onto.height,
        outline=onto.path(district.outline, closed=True),
        rivers=tuple(onto.path(line) for line in district.rivers),
        roads=tuple(onto.path(line) for line in district.roads),
        places=tuple((onto.at(place.x_m, place.y_m), place.name) for place in district.places),
        discs=_discs(located, onto),
        legend=tuple(LegendEntry(status, n) for status, n in counts.most_common()),
        scale_km=scale_km,
        scale_length=round(scale_km * 1000 * onto.units_per_m, 1),
    )


def _discs(schools: Sequence[Any], onto: geometry.Projection) -> tuple[MapDisc, ...]:
    largest = max((school.pupils for school in schools), default=0)
    ordered = sorted(schools, key=lambda school: -school.pupils)
    return tuple(_disc(school, largest, onto) for school in ordered)


def _disc(school: Any, largest: Number, onto: geometry.Projection) -> MapDisc:
    x, y = onto.at(school.x_m, school.y_m)
    r = geometry.radius(school.pupils, largest, LARGEST_DISC, least=6)
    look = look_of(school.status)
    return MapDisc(x, y, r, look.shape, look.tone, _hatch(x, y, r), school)


def _hatch(x: float, y: float, r: float) -> str:
    """Three slanting lines within a disc, as the `d` of a path."""
    reach = round(r * 0.62, 1)
    shift = round(r * 0.5, 1)
    return "".join(
        f"M{x - reach + s:.1f} {y + reach + s:.1f}l{2 * reach:.1f} {-2 * reach:.1f}"
        for s in (-shift / 2, 0.0, shift / 2)
    )

"""Places of the marks of charts, and how numbers are written."""

from __future__ import annotations

import doctest
import itertools
import math
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace as Item
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from junheng.web.templatetags import charts, figures, geometry
from junheng.web.templatetags.geometry import Disc, Scale

if TYPE_CHECKING:
    from types import ModuleType

finite = st.floats(-1e6, 1e6)
sizes = st.lists(st.tuples(st.floats(0, 600), st.floats(2, 8)), max_size=40)


def school(value: float | None, pupils: int = 100, **more: object) -> Item:
    """Return a school as the charts expect it."""
    return Item(value=value, pupils=pupils, **more)


@pytest.mark.parametrize("module", [geometry, figures])
def test_examples_of_the_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_scale_keeps_proportions() -> None:
    scale = Scale(10, 20, 0, 100)
    assert [scale.at(value) for value in (10, 12.5, Fraction(15), Decimal(20))] == [0, 25, 50, 100]


@given(finite, finite)
@example(250001.0, -6.1e-05)
def test_ticks_are_round_and_enclose(one: float, two: float) -> None:
    low, high = sorted((one, two))
    if high - low < 1e-6:
        high = low + 1
    values = geometry.ticks(low, high)
    step = values[1] - values[0]
    assert values[0] <= low + 1e-6
    assert values[-1] >= high - 1e-6
    assert 2 <= len(values) <= 12
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - nice) for nice in (1, 2, 5, 10)) < 1e-4


def test_area_of_a_disc_follows_pupils() -> None:
    large, small = geometry.radius(1600, 1600, 8), geometry.radius(400, 1600, 8)
    assert large**2 / small**2 == pytest.approx(4)


@given(sizes)
def test_packed_discs_stay_on_the_strip(pairs: list[tuple[float, float]]) -> None:
    discs = [Disc(x, r) for x, r in pairs]
    offsets = geometry.pack(discs, 28)
    assert all(abs(y) + disc.r <= 28 for disc, y in zip(discs, offsets, strict=True))


def test_packed_discs_do_not_overlap_while_there_is_room() -> None:
    discs = [Disc(100.0, 5.0) for _ in range(3)]
    first, second, third = sorted(geometry.pack(discs, 28))
    assert second - first >= 10
    assert third - second >= 10


def test_a_full_strip_overlaps_as_little_as_it_can() -> None:
    offsets = geometry.pack([Disc(50.0, 6.0) for _ in range(4)], 12)
    assert max(offsets) - min(offsets) == 12


@given(sizes)
def test_packing_does_not_depend_on_the_order(pairs: list[tuple[float, float]]) -> None:
    pairs = list(dict.fromkeys(pairs))
    forth = geometry.pack([Disc(x, r) for x, r in pairs], 28)
    back = geometry.pack([Disc(x, r) for x, r in reversed(pairs)], 28)
    assert forth == back[::-1]


@given(st.lists(st.floats(0, 100), max_size=9))
def test_spread_labels_keep_order_gap_and_bounds(places: list[float]) -> None:
    moved = geometry.spread(places, 8, 0, 100)
    ordered = [moved[index] for index in sorted(range(len(places)), key=lambda i: places[i])]
    assert all(b - a >= 8 - 1e-6 for a, b in itertools.pairwise(ordered))
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in moved)


def test_labels_move_evenly_to_both_sides() -> None:
    assert geometry.spread([50, 50, 50], 10, 0, 100) == [40, 50, 60]


def test_labels_with_room_stay_where_they_are() -> None:
    assert geometry.spread([20, 60, 90], 10, 0, 100) == [20, 60, 90]


def test_the_map_keeps_shape_and_north() -> None:
    onto = geometry.project([(0, 0), (2000, 1000)], width=1040, margin=20)
    assert onto.at(0, 0) == (20, 520)
    assert onto.at(2000, 1000) == (1020, 20)
    assert onto.height == 540
    assert onto.path([(0, 0), (2000, 1000)], closed=True) == "M20 520L1020 20Z"


def test_an_indicator_at_its_threshold_ends_at_the_tick() -> None:
    bar = charts.indicator_bar(0.9, 0.9, 0.765)
    assert bar.width == bar.threshold == pytest.approx(66.67)
    assert bar.floor == pytest.approx(0.85 * 66.67, abs=0.01)


def test_a_bar_beyond_the_scale_is_cut() -> None:
    assert charts.indicator_bar(9, 1, 0.85).width == 100


def test_a_missing_value_draws_no_bar_and_no_threshold_no_tick() -> None:
    assert not charts.indicator_bar(None, 0.9, 0.765).has_value
    assert not charts.indicator_bar(5, None, None).has_threshold


def test_a_strip_begins_at_zero_and_leaves_out_what_is_missing() -> None:
    strip = charts.dispersion_places([school(0.8), school(None), school(1.2)], 1.0, 0.9)
    assert strip.ticks[0].value == 0
    assert [dot.school.value for dot in strip.dots] == [0.8, 1.2]
    assert strip.mean is not None
    assert strip.threshold is not None
    assert strip.dots[0].x < strip.threshold < strip.mean < strip.dots[1].x


def test_a_strip_without_schools_is_still_a_strip() -> None:
    strip = charts.dispersion_places([], None, None)
    assert strip.dots == ()
    assert len(strip.ticks) >= 2


def test_a_coefficient_at_its_limit_fills_the_gauge_to_the_tick() -> None:
    gauge = charts.limit_gauge(0.45, 0.45)
    assert gauge.width == gauge.limit
    assert not charts.limit_gauge(None, 0.45).has_value
    assert not charts.limit_gauge(0.4, None).has_value


def test_a_year_without_value_breaks_the_line() -> None:
    line = charts.trend_places([Item(values=[1.0, None, 2.0, 3.0])], list("abcd")).lines[0]
    assert [point.year for point in line.points] == ["a", "c", "d"]
    assert len(line.segments) == 1


def test_years_take_the_whole_width() -> None:
    trend = charts.trend_places([Item(values=[1.0, 2.0, 3.0])], ["a", "b", "c"], limit=2.5)
    assert [place for place, _ in trend.years] == [0, 50, 100]
    assert trend.lines[0].points[0].y > trend.lines[0].points[2].y


def test_the_name_of_the_limit_keeps_out_of_the_way_of_lines() -> None:
    from_above = charts.trend_places([Item(values=[3.0, 1.0])], ["a", "b"], limit=2)
    from_below = charts.trend_places([Item(values=[1.0, 3.0])], ["a", "b"], limit=2)
    assert from_above.limit is not None
    assert from_above.limit_label > from_above.limit
    assert from_below.limit is not None
    assert from_below.limit_label < from_below.limit


def test_small_schools_lie_on_top_of_large_ones() -> None:
    district = Item(outline=[(0, 0), (1000, 0), (1000, 1000)], rivers=[], roads=[], places=[])
    schools = [
        school(1, 60, x_m=10, y_m=10, status="pass"),
        school(1, 900, x_m=20, y_m=20, status="fail"),
        school(1, 90, x_m=None, y_m=None, status="pass"),
    ]
    drawn = charts.map_places(district, schools)
    assert [disc.school.pupils for disc in drawn.discs] == [900, 60]
    assert {(entry.status, entry.n) for entry in drawn.legend} == {("pass", 1), ("fail", 1)}


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.125, 2, "0.13"),
        (1.005, 2, "1.01"),
        (Fraction(7, 8), 2, "0.88"),
        (Decimal("4.195"), 2, "4.20"),
        (-0.004, 2, "0.00"),
        (-1234.5, 1, "−1 234.5"),
        (77332, 0, "77 332"),
        (0.9, "1", "0.9"),
        (None, 2, "–"),
    ],
)
def test_numbers_have_fixed_decimals(value: figures.Number | None, places: int, text: str) -> None:
    assert figures.decimals(value, places).replace(figures.THIN_SPACE, " ") == text


@given(st.integers(-(10**12), 10**12))
def test_thin_spaces_change_no_digit(value: int) -> None:
    text = figures.whole(value).replace(figures.THIN_SPACE, "").replace(figures.MINUS, "-")
    assert int(text) == value


def test_shares_and_changes() -> None:
    assert figures.percent(0.8595) == "86.0%"
    assert figures.percent(None) == "–"
    assert figures.signed(0.5, 1) == "+0.5"
    assert figures.signed(-0.5, 1) == "−0.5"
    assert figures.plain(Fraction(7, 3)).startswith("7/3 ≈ 2.33333")

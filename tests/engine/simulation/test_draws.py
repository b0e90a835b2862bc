"""Draws repeat, spread as they should, and shares add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.simulation.draws import Draw, apportion


def test_the_same_name_gives_the_same_stream() -> None:
    first, again = Draw(7, "school", 3), Draw(7, "school", 3)
    assert [first.share() for _ in range(20)] == [again.share() for _ in range(20)]


def test_another_seed_or_name_gives_another_stream() -> None:
    streams = [Draw(7, "school", 3), Draw(8, "school", 3), Draw(7, "school", 4), Draw(7, "size", 3)]
    assert len({stream.share() for stream in streams}) == len(streams)


def test_shares_fill_the_interval_evenly() -> None:
    draw = Draw(1, "spread")
    tenths = [int(10 * draw.share()) for _ in range(2_000)]
    assert set(tenths) == set(range(10))
    # 200 are expected in each tenth, with a standard deviation of 13.4.
    assert all(130 < tenths.count(tenth) < 270 for tenth in range(10))


@given(st.integers(0, 2**32), st.integers(-50, 50), st.integers(0, 30))
def test_whole_numbers_stay_in_their_range(seed: int, low: int, width: int) -> None:
    draw = Draw(seed, "range")
    assert all(low <= draw.whole(low, low + width) <= low + width for _ in range(10))


@given(st.integers(0, 2**32), st.lists(st.integers(), max_size=30))
def test_a_shuffle_keeps_the_items(seed: int, items: list[int]) -> None:
    assert sorted(Draw(seed, "mix").shuffled(items)) == sorted(items)


@given(st.integers(0, 100_000), st.lists(st.floats(0.1, 1_000), min_size=1, max_size=80))
def test_parts_sum_to_the_whole_and_lie_near_their_share(total: int, weights: list[float]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    exact = [total * weight / sum(weights) for weight in weights]
    assert all(abs(part - share) < 1 + 1e-6 for part, share in zip(parts, exact, strict=True))

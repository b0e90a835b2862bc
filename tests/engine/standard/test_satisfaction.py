"""Social recognition: sample size, result against the limit, and the Wilson interval."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.standard import items, rulebook
from junheng.engine.standard.satisfaction import (
    Answers,
    Recognition,
    SampleSize,
    sample_size,
    wilson,
)
from junheng.errors import DataError

RULES = rulebook.load("cn-2017-quality", "2026.1")
S1 = items.find_item(RULES, "S1")
ON = date(2026, 9, 1)


def test_point_passes_and_lower_bound_does_not() -> None:
    answers = Answers(valid=1200, satisfied=1032)
    assert answers.share == Fraction("0.86")
    interval = answers.interval
    assert interval is not None
    assert f"{interval.low:.4f} {interval.high:.4f}" == "0.8392 0.8785"
    result = items.evaluate(RULES, "S1", Recognition(answers, answers), on=ON)
    assert result.status == "met"
    assert interval.low < result.limit


@pytest.mark.parametrize(
    ("survey", "visits", "status"),
    [
        (Answers(100, 85), Answers(20, 17), "met"),
        (Answers(100, 84), Answers(20, 17), "not_met"),
        (Answers(100, 85), Answers(20, 16), "not_met"),
        (Answers(100, 85), None, "undetermined"),
        (Answers(100, 84), None, "not_met"),
        (None, None, "undetermined"),
        (Answers(0, 0), Answers(20, 17), "undetermined"),
    ],
)
def test_both_figures_decide(survey: Answers | None, visits: Answers | None, status: str) -> None:
    result = items.evaluate(RULES, "S1", Recognition(survey, visits), on=ON)
    assert result.status == status
    assert (result.obstacles == ()) == (status == "met")


@pytest.mark.parametrize(
    ("residents", "expected"),
    [(400_000, (600, 300)), (400_001, (601, 301)), (0, (0, 0)), (1, (1, 1))],
)
def test_sample_size(residents: int, expected: tuple[int, int]) -> None:
    assert sample_size(S1, residents) == SampleSize(*expected)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(DataError):
        Answers(valid=10, satisfied=11)
    with pytest.raises(DataError):
        Answers(valid=10, satisfied=-1)
    with pytest.raises(DataError):
        sample_size(S1, -5)


def test_wilson_published_value() -> None:
    """81 of 263: 0.2553 to 0.3662 (R. G. Newcombe, 1998, Statistics in Medicine 17, table I)."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_point_and_stays_a_share(counts: tuple[int, int]) -> None:
    satisfied, valid = counts
    low, high = wilson(satisfied, valid)
    assert 0 <= low <= satisfied / valid <= high <= 1
    other_low, other_high = wilson(valid - satisfied, valid)
    assert low == pytest.approx(1 - other_high)
    assert high == pytest.approx(1 - other_low)


@given(st.integers(1, 400), st.integers(0, 400), st.integers(2, 9))
def test_wilson_narrows_with_more_answers(valid: int, satisfied: int, k: int) -> None:
    satisfied = min(satisfied, valid)
    few, many = wilson(satisfied, valid), wilson(satisfied * k, valid * k)
    assert many.high - many.low < few.high - few.low

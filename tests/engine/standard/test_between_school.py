"""Own estimates of the between-school difference rate. Golden: three schools of five pupils."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.standard.between_school import estimates, intraclass_correlation, spread
from junheng.errors import DataError

SCHOOLS = [[70, 74, 78, 82, 86], [60, 68, 72, 76, 84], [58, 62, 66, 70, 74]]
SCORES = st.lists(st.lists(st.integers(0, 100), max_size=6), min_size=1, max_size=5)


def test_golden_case() -> None:
    found = spread(SCHOOLS)
    assert found.mean == 72
    assert found.total / found.n == Fraction(200, 3)
    assert found.between / found.n == 24
    values = {e.id: e.value for e in estimates(SCHOOLS)}
    assert values["between_share"] == pytest.approx(0.36, abs=1e-12)
    assert 100 * values["weighted_sd"] == pytest.approx(4.898979, abs=5e-7)
    assert values["cv_between"] == pytest.approx(0.068041, abs=5e-7)
    assert float(intraclass_correlation(SCHOOLS)) == pytest.approx(0.322034, abs=5e-7)


def test_two_schools_are_enough_for_the_correlation() -> None:
    """Mean squares 4 between and 1/2 within, two pupils each: (4 - 1/2) / (4 + 1/2)."""
    assert intraclass_correlation([[1, 2], [3, 4]]) == Fraction(7, 9)


def test_every_estimate_is_labelled_as_own() -> None:
    assert [e.id for e in estimates(SCHOOLS)] == ["between_share", "weighted_sd", "cv_between"]
    for estimate in estimates(SCHOOLS):
        assert "Own estimate" in str(estimate.label)
        assert estimate.confirmation != "C"


def test_full_mark_rescales_one_estimate_only() -> None:
    of_100, of_150 = ({e.id: e.value for e in estimates(SCHOOLS, full_mark=m)} for m in (100, 150))
    assert of_150["weighted_sd"] == pytest.approx(of_100["weighted_sd"] / 1.5)
    assert of_150["cv_between"] == of_100["cv_between"]


def test_schools_without_scores_are_left_out() -> None:
    assert spread([*SCHOOLS, []]) == spread(SCHOOLS)


def test_no_scores_or_no_spread() -> None:
    with pytest.raises(DataError):
        estimates([[], []])
    assert [e.id for e in estimates([[5, 5], [5]])] == ["weighted_sd", "cv_between"]
    assert [e.id for e in estimates([[0], [0]])] == ["weighted_sd"]
    for schools in ([[1, 2]], [[1], [2]], [[3, 3], [3, 3]]):
        with pytest.raises(DataError):
            intraclass_correlation(schools)


@given(SCORES)
def test_spread_within_and_between_make_the_whole(schools: list[list[int]]) -> None:
    scores = [score for school in schools for score in school]
    if not scores:
        return
    found = spread(schools)
    mean = Fraction(sum(scores), len(scores))
    assert found.mean == mean
    assert found.total == sum((score - mean) ** 2 for score in scores)
    assert 0 <= found.between <= found.total

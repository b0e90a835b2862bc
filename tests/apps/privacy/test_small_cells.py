"""Small counts of persons are hidden, and nothing shown gives them back."""

from __future__ import annotations

from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from junheng.apps.catalogue.models import DatasetCount
from junheng.apps.catalogue.present.dataset import DatasetShown
from junheng.apps.privacy.small_cells import Shown, hide_small
from junheng.engine import contracts

TABLES = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=1, max_size=2)
)
MINIMUM = 5


def every(shown: Shown) -> list[int | None]:
    """Return every figure of a table, totals last."""
    inner = [n for row in shown.rows for n in row]
    return [*inner, *shown.row_totals, *shown.column_totals, shown.total]


def figures(counts: list[list[int]]) -> list[int]:
    """Return what a table tells when nothing is hidden, in the same order."""
    columns = [sum(column) for column in zip(*counts, strict=True)]
    rows = [sum(row) for row in counts]
    return [*(n for row in counts for n in row), *rows, *columns, sum(rows)]


# Worked by hand: a small count, the smallest one beside it in its row and column, and the fourth.
def test_it_works() -> None:
    shown = hide_small([[3, 20, 50], [30, 40, 60], [70, 80, 90]], MINIMUM)
    assert shown.rows == ((None, None, 50), (None, None, 60), (70, 80, 90))
    assert shown.row_totals == (73, 130, 240)
    assert shown.column_totals == (103, 140, 200)
    assert shown.total == 443


def test_large_counts_and_nobody_are_shown() -> None:
    counts = [[5, 0], [7, 9]]
    assert every(hide_small(counts, MINIMUM)) == figures(counts)


def test_two_small_ones_of_one_row_are_not_enough() -> None:
    shown = hide_small([[1, 1, 50], [30, 40, 60]], MINIMUM)
    assert shown.rows[0][:2] == (None, None)
    # Their columns would tell them.
    assert shown.rows[1][:2] == (None, None)


def test_the_only_count_takes_its_totals_along() -> None:
    assert every(hide_small([[3]], MINIMUM)) == [None, None, None, None]
    assert every(hide_small([[3], [40]], MINIMUM)).count(None) >= 4


@given(TABLES)
@example([[1, 1, 9], [9, 9, 9]])
@example([[1, 0], [0, 9]])
def test_nothing_hidden_can_be_computed_back(counts: list[list[int]]) -> None:
    told = every(hide_small(counts, MINIMUM))
    real = figures(counts)
    hidden = [ix for ix, n in enumerate(told) if n is None]
    assert all(told[ix] in (None, n) for ix, n in enumerate(real))
    assert {ix for ix, n in enumerate(real) if 0 < n < MINIMUM} <= set(hidden)
    # Whatever else could stand there, one person moved: each hidden figure can be another.
    width, movable = len(counts[0]), set(hidden)
    could_differ: set[int] = set()
    for change in product((-1, 0, 1), repeat=len(counts) * width):
        flat = [n + d for n, d in zip(real, change, strict=False)]
        other = figures([flat[i : i + width] for i in range(0, len(flat), width)])
        is_like_it = all(
            n == o if ix not in movable else o >= 1
            for ix, (n, o) in enumerate(zip(real, other, strict=True))
        )
        if is_like_it:
            could_differ |= {ix for ix, n in enumerate(real) if other[ix] != n}
    assert could_differ == movable


def test_the_catalogue_hides_how_few_have_something_sensitive() -> None:
    pupils = contracts.contract("pupils")

    def filled(n: int) -> dict[str, float | None]:
        counted = DatasetCount(n_rows=100, filled=dict.fromkeys((f.id for f in pupils.fields), n))
        return {line.id: line.filled for line in DatasetShown(pupils, counted).fields}

    assert filled(4)["disability_code"] is None
    assert filled(4)["ethnicity_code"] == 0.04
    assert filled(5)["disability_code"] == 0.05
    assert filled(0)["disability_code"] == 0.0

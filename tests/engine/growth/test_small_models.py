"""Models that can be worked out by hand, and two ways of solving that must agree."""

from __future__ import annotations

import random
from dataclasses import replace
from math import log, pi
from typing import TYPE_CHECKING

import pytest
from tests.engine.growth.tables import source_of

from junheng.engine.growth import fit, model_of
from junheng.engine.store.session import Session
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.growth import Fit, Model

# Three classes of four pupils. Means 12, 15, 24, of all 17; sums of squares between classes
# 4 (25 + 4 + 49) = 312 with 2 degrees of freedom, within classes 3 * 20 = 60 with 9.
BALANCED: dict[str, list[object]] = {
    "class": [*"AAAABBBBCCCC"],
    "score": [9, 11, 13, 15, 12, 14, 16, 18, 21, 23, 25, 27],
}


def fitted(columns: Mapping[str, Sequence[object]], model: Model) -> Fit:
    with Session() as session:
        return fit(source_of(session, columns), model)


def test_a_balanced_table_gives_the_analysis_of_variance() -> None:
    found = fitted(BALANCED, model_of("score", (), "class"))
    between, within = 312 / 2, 60 / 9
    assert found.residual == pytest.approx(within, rel=1e-6)
    assert found.variances[0].cov[0][0] == pytest.approx((between - within) / 4, rel=1e-6)
    (intercept,) = found.fixed
    assert (intercept.estimate, intercept.se) == pytest.approx(
        (17, (between / 12) ** 0.5), rel=1e-6
    )
    shrunken = 1 - within / between
    effects = [effect.estimate for effect in found.effects]
    assert effects == pytest.approx([-5 * shrunken, -2 * shrunken, 7 * shrunken], rel=1e-6)
    # Twelve observations with this covariance, one degree of freedom spent on the mean.
    criterion = 9 * log(within) + 2 * log(between) + log(12) + 11 * log(2 * pi) + 11
    assert found.criterion == pytest.approx(criterion, rel=1e-9)
    assert not found.is_singular


def test_the_spread_of_an_effect_is_what_is_left_of_its_variance() -> None:
    found = fitted(BALANCED, model_of("score", (), "class"))
    variance, within = found.variances[0].cov[0][0], found.residual
    left = 1 / (4 / within + 1 / variance)
    assert [effect.se for effect in found.effects] == pytest.approx([left**0.5] * 3, rel=1e-9)


def test_groups_that_differ_less_than_residuals_do_not_vary() -> None:
    alike = BALANCED | {"score": [1, 5, 9, 13, 2, 5, 9, 13, 1, 5, 9, 14]}
    found = fitted(alike, model_of("score", (), "class"))
    assert found.is_singular
    assert found.variances[0].cov == ((0.0,),)
    assert [(effect.estimate, effect.se) for effect in found.effects] == [(0.0, 0.0)] * 3


def drawn(seed: int, n: int = 400) -> dict[str, list[object]]:
    """Return marks of pupils in 12 classes of 4 schools, with a missing one here and there."""
    chance = random.Random(seed)
    school = {name: chance.gauss(0, 2) for name in "甲乙丙丁"}
    room = {(s, c): chance.gauss(0, 1) for s in school for c in "123"}
    steep = {s: chance.gauss(0, 0.3) for s in school}
    columns: dict[str, list[object]] = {
        "school": [], "class": [], "prior": [], "sex": [], "score": []
    }  # fmt: skip
    for _ in range(n):
        s, c = chance.choice("甲乙丙丁"), chance.choice("123")
        prior, sex = chance.gauss(70, 8), chance.choice("FM")
        score = 20 + (0.6 + steep[s]) * prior + (sex == "M") + school[s] + room[s, c]
        row = (s, c, prior, sex, score + chance.gauss(0, 3))
        for name, value in zip(columns, row, strict=True):
            columns[name].append(None if chance.random() < 0.01 else value)
    return columns


@pytest.mark.parametrize("slopes", [(), ("school:prior",), ("class:prior",)])
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_nested_and_crossed_solvers_agree(slopes: tuple[str, ...], method: str) -> None:
    model = model_of("score", ("prior", "sex"), "school/class", slopes=slopes)
    model = replace(model, method="ml" if method == "ml" else "reml")
    one = fitted(drawn(7), model)
    other = fitted(drawn(7), replace(model, is_nested=False))
    assert one.criterion == pytest.approx(other.criterion, rel=0, abs=1e-6)
    assert one.n_dropped == other.n_dropped > 0
    for ours, theirs in zip(one.fixed, other.fixed, strict=True):
        assert (ours.estimate, ours.se) == pytest.approx((theirs.estimate, theirs.se), rel=1e-3)
    for mine, its in zip(one.effects, other.effects, strict=True):
        assert (mine.group, mine.level, mine.term) == (its.group, its.level, its.term)
        assert (mine.estimate, mine.se) == pytest.approx((its.estimate, its.se), rel=1e-2, abs=1e-3)


def test_order_and_names_of_rows_change_nothing() -> None:
    columns = drawn(3)
    order = list(range(len(columns["score"])))
    random.Random(1).shuffle(order)
    shuffled = {name: [values[ix] for ix in order] for name, values in columns.items()}
    model = model_of("score", ("prior",), "school/class")
    one, other = fitted(columns, model), fitted(shuffled, model)
    assert one.criterion == pytest.approx(other.criterion, rel=0, abs=1e-6)
    for mine, its in zip(one.effects, other.effects, strict=True):
        assert mine.estimate == pytest.approx(its.estimate, rel=1e-4, abs=1e-5)


def test_a_shift_of_marks_shifts_the_intercept_alone() -> None:
    columns = drawn(5)
    higher = columns | {
        "score": [None if v is None else float(str(v)) + 1000 for v in columns["score"]]
    }
    model = model_of("score", ("prior", "sex"), "school")
    one, other = fitted(columns, model), fitted(higher, model)
    assert other.fixed[0].estimate - one.fixed[0].estimate == pytest.approx(1000, rel=1e-6)
    assert other.fixed[1].estimate == pytest.approx(one.fixed[1].estimate, rel=1e-6)
    assert other.criterion == pytest.approx(one.criterion, rel=0, abs=1e-5)


def test_a_group_is_called_by_its_parent_where_its_own_name_is_not_enough() -> None:
    found = fitted(drawn(7), model_of("score", (), "school/class"))
    levels = {effect.level for effect in found.effects if effect.group == "class"}
    assert "甲/1" in levels
    assert len(levels) == 12


def test_categories_are_compared_with_the_first_or_the_one_that_is_named() -> None:
    names = [fixed.name for fixed in fitted(drawn(7), model_of("score", ("sex",), "school")).fixed]
    assert names == ["(Intercept)", "sexM"]
    model = model_of("score", ("sex*prior",), "school", references=("sex=M",))
    assert [fixed.name for fixed in fitted(drawn(7), model).fixed] == [
        "(Intercept)", "sexF", "prior", "sexF:prior"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "model", "finding"),
    [
        ({}, model_of("mark", (), "class"), "marks.csv has no column mark. It has: class, score."),
        ({"score": ["high"] * 12}, model_of("score", (), "class"), "row 2: column “score”"),
        ({"class": ["A"] * 12}, model_of("score", (), "class"), "one group of “class” (A)"),
        ({"class": list("ABCDEFGHIJKL")}, model_of("score", (), "class"), "Every row is a group"),
        ({"prior": [3] * 12}, model_of("score", ("prior",), "class"), "“prior” does not vary"),
        ({"prior": BALANCED["score"]}, model_of("score", ("prior",), "class"), "exactly"),
        ({"score": [7] * 12}, model_of("score", (), "class"), "the same for everybody"),
        ({"score": [None] * 11 + [1]}, model_of("score", (), "class"), "1 complete rows are too"),
        (
            {"sex": list("FM") * 6},
            model_of("score", ("sex",), "class", references=("sex=X",)),
            "has no “X” to compare with. It holds: F, M.",
        ),
        (
            {"a": list(range(12)), "b": [2 * ix for ix in range(12)]},
            model_of("score", ("a", "b"), "class"),
            "“b” does not vary, or the covariates before it give it already: (Intercept), a.",
        ),
    ],
)
def test_what_cannot_be_fitted_is_told(
    changes: dict[str, list[object]], model: Model, finding: str
) -> None:
    with pytest.raises(DataError) as caught:
        fitted({**BALANCED, **changes}, model)
    assert finding in str(caught.value)


@pytest.mark.parametrize(
    ("groups", "slopes", "references"),
    [
        ("", (), ()),
        ("school/", ("class:prior",), ()),
        ("a+a", (), ()),
        ("a", ("prior",), ()),
        ("a", (), ("sex",)),
    ],
)
def test_words_that_are_no_model(
    groups: str, slopes: tuple[str, ...], references: tuple[str, ...]
) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        model_of("score", (), groups, slopes=slopes, references=references)


def test_three_pupils() -> None:
    few: dict[str, list[object]] = {"class": ["A", "A", "B"], "score": [1, 2, 4]}
    found = fitted(few, model_of("score", (), "class"))
    assert found.n == 3
    assert len(found.effects) == 2

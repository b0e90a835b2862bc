"""Own estimates of the between-school difference rate of item Q9, each with its label.

The state computes the official figure and publishes no formula; these are for a district's own
tests and never take the official figure's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Literal

from junheng.errors import DataError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.standard.ruleset import Confirmation

EstimateId = Literal["between_share", "weighted_sd", "cv_between"]
Scores = Fraction | int


@dataclass(frozen=True)
class Estimate:
    """One estimate, its label, and how far its formula is confirmed."""

    id: EstimateId
    value: float
    label: Message
    confirmation: Confirmation


@dataclass(frozen=True)
class Spread:
    """Sums of squares of scores within and between schools, exact."""

    mean: Fraction
    between: Fraction
    within: Fraction
    sizes: tuple[int, ...]

    @property
    def n(self) -> int:
        """Pupils in all."""
        return sum(self.sizes)

    @property
    def total(self) -> Fraction:
        """Sum of squares of all scores around the mean."""
        return self.between + self.within


def spread(schools: Sequence[Sequence[Scores]]) -> Spread:
    """Return the sums of squares of the scores of each school; schools without scores are left out.

    Raises `DataError` when there is no score at all.
    """
    groups = [[Fraction(score) for score in school] for school in schools if school]
    scores = [score for group in groups for score in group]
    if not scores:
        raise DataError(say("There are no scores. Give the scores of at least one school."))
    mean = _mean(scores)
    means = [_mean(group) for group in groups]
    pairs = list(zip(groups, means, strict=True))
    return Spread(
        mean=mean,
        between=sum((len(g) * (m - mean) ** 2 for g, m in pairs), Fraction(0)),
        within=sum(((x - m) ** 2 for g, m in pairs for x in g), Fraction(0)),
        sizes=tuple(len(group) for group in groups),
    )


def estimates(
    schools: Sequence[Sequence[Scores]], *, full_mark: Scores = 100
) -> tuple[Estimate, ...]:
    """Return the three estimates, as shares, the default one first.

    Parameters
    ----------
    schools
        The scores of the pupils of each school.
    full_mark
        The highest possible score: `weighted_sd` is taken on scores from 0 to 1.

    An estimate that cannot be computed (all scores equal, mean 0) is left out.
    """
    found = spread(schools)
    sd = sqrt(found.between / found.n)
    rows: list[Estimate] = []
    if found.total:
        share = float(found.between / found.total)
        label = say("Own estimate: between-school share of the variance")
        rows.append(Estimate("between_share", share, label, "M"))
    label = say("Own estimate: enrolment-weighted standard deviation of school means, on 0 to 1")
    rows.append(Estimate("weighted_sd", sd / float(full_mark), label, "L"))
    if found.mean:
        label = say("Own estimate: coefficient of variation of school means")
        rows.append(Estimate("cv_between", sd / float(found.mean), label, "D"))
    return tuple(rows)


def intraclass_correlation(schools: Sequence[Sequence[Scores]]) -> Fraction:
    """Return the one-way ANOVA intraclass correlation ICC(1) of scores in schools.

    It can be below 0. Source: P. E. Shrout and J. L. Fleiss, 1979, Psychological Bulletin 86,
    420-428, form (1,1); unequal schools by the usual mean size n0.

    Raises `DataError` for fewer than two schools, one pupil a school, or scores all equal.
    """
    found = spread(schools)
    k, n = len(found.sizes), found.n
    if k < 2 or n <= k or not found.total:
        raise DataError(
            say("The scores of two schools or more, not all equal, are needed for this figure.")
        )
    n0 = (n - Fraction(sum(size * size for size in found.sizes), n)) / (k - 1)
    between, within = found.between / (k - 1), found.within / (n - k)
    return (between - within) / (between + (n0 - 1) * within)


def _mean(scores: Sequence[Fraction]) -> Fraction:
    return sum(scores, Fraction(0)) / len(scores)

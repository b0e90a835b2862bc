"""Social recognition: how large the sample must be, what came out, and how sure it is.

The result is satisfied answers over valid ones, exact, against the limit of the rule set. The
Wilson interval says how far chance alone may have moved it and is shown beside the result; it
decides nothing.

Source of the interval: E. B. Wilson, 1927, Probable inference, the law of succession, and
statistical inference. Journal of the American Statistical Association 22, 209-212.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple

from junheng.engine.standard.itemtypes import (
    Figure,
    ItemResult,
    at_least,
    from_figures,
    number,
    ratio,
)
from junheng.errors import DataError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from junheng.engine.standard.ruleset import Item, Relief

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: two-sided 95 %."""


class Interval(NamedTuple):
    """A range of shares, 0 to 1."""

    low: float
    high: float


class SampleSize(NamedTuple):
    """Answers that a survey needs in all, and of them at least from parents."""

    answers: int
    parents: int


@dataclass(frozen=True)
class Answers:
    """Valid answers of one survey or round of visits, and the satisfied ones among them.

    Satisfied are "satisfied" and "rather satisfied" together.
    """

    valid: int
    satisfied: int

    def __post_init__(self) -> None:
        if not 0 <= self.satisfied <= self.valid:
            raise DataError(
                say(
                    "{satisfied} satisfied of {valid} valid answers is impossible. Correct one of "
                    "the two figures.",
                    satisfied=self.satisfied,
                    valid=self.valid,
                )
            )

    @property
    def share(self) -> Fraction | None:
        """Satisfied over valid answers, None without any."""
        return ratio(self.satisfied, self.valid)

    @property
    def interval(self) -> Interval | None:
        """The 95 % Wilson interval of the share, None without any answer."""
        return wilson(self.satisfied, self.valid) if self.valid else None


@dataclass(frozen=True)
class Recognition:
    """The two figures of social recognition; None where one was not taken."""

    survey: Answers | None
    visits: Answers | None


def wilson(satisfied: int, valid: int, z: float = Z_95) -> Interval:
    """Return the Wilson interval of a share.

    Parameters
    ----------
    satisfied, valid
        Counts, 0 <= satisfied <= valid, valid > 0.
    z
        Normal quantile of the confidence wanted.

    >>> low, high = wilson(1032, 1200)
    >>> f"{low:.4f} {high:.4f}"
    '0.8392 0.8785'
    """
    share, z2n = satisfied / valid, z * z / valid
    centre = (share + z2n / 2) / (1 + z2n)
    half = sqrt(z2n * (share * (1 - share) + z2n / 4)) / (1 + z2n)
    # At 0 and 1 the interval ends exactly there; rounding would leave it a hair short or beyond.
    low = 0.0 if satisfied == 0 else max(0.0, centre - half)
    high = 1.0 if satisfied == valid else min(1.0, centre + half)
    return Interval(low, high)


def sample_size(item: Item, residents: int) -> SampleSize:
    """Return the answers needed for a county's permanent population, by the item's shares."""
    if residents < 0:
        raise DataError(say("{n} residents are below 0. Correct the figure.", n=residents))
    answers = ceil(number(item, "sample_per_resident") * residents)
    return SampleSize(answers, ceil(number(item, "parents_share_at_least") * answers))


def satisfaction(item: Item, data: Recognition, reliefs: Sequence[Relief] = ()) -> ItemResult:
    """S1: both the survey and the visits reach the limit; one that is missing leaves it open."""
    limit = number(item, "share_at_least")
    return from_figures(
        item,
        [
            _figure(say("Satisfaction in the survey"), data.survey, limit),
            _figure(say("Satisfaction in the visits"), data.visits, limit),
        ],
    )


def _figure(name: Message, answers: Answers | None, limit: Fraction) -> Figure:
    share = answers.share if answers else None
    return Figure(name, share, limit, at_least(share, limit))

"""What both ways of solving share: the profiled sums, and the estimate of one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from junheng.engine.growth.sums import Floats

    class Solver(Protocol):
        """A way to profile the random effects out of the sums."""

        def profile(self, spreads: Sequence[Floats]) -> Profile: ...

        def estimates(self, spreads: Sequence[Floats], beta: Floats) -> list[list[Estimate]]: ...


@dataclass(frozen=True)
class Profile:
    """The log determinant of the random effects, and the sums of fixed effects and outcome left."""

    logdet: float
    left: Floats


@dataclass(frozen=True)
class Estimate:
    """The effects of one group, and their covariance relative to the residual variance."""

    values: Floats
    covariance: Floats


def bordered(total: Floats, fixed: tuple[int, ...]) -> Floats:
    """Return the sums of the fixed effects' columns with the outcome's as the last."""
    places = [*fixed, total.shape[0] - 1]
    found: Floats = total[np.ix_(places, places)]
    return found

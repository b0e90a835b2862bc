"""Decisions in exact fractions, where doubles are not good enough.

A coefficient of variation is a square root, its square is a fraction: CV <= L exactly when
P_N sum(x_i^2 / P_i) <= (1 + L^2) (sum x_i)^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Digits for square roots of fractions: far beyond the 17 a double can show, so that rounding to a
# double happens once.
ROOT_DIGITS = 60


@dataclass(frozen=True)
class Share:
    """What one unit brings into a coefficient: its amount x (a fraction) and its pupils P > 0."""

    amount: Fraction
    pupils: int


@dataclass(frozen=True)
class Dispersion:
    """Mean, and squares of standard deviation and coefficient of variation, exact.

    The mean is per `per` pupils. `cv_squared` is None when the mean is 0.
    """

    mean: Fraction
    variance: Fraction
    cv_squared: Fraction | None

    @property
    def sd(self) -> float:
        """Standard deviation, the nearest double."""
        return float(root(self.variance))

    @property
    def cv(self) -> float | None:
        """Coefficient of variation, the nearest double; None when the mean is 0."""
        return None if self.cv_squared is None else float(root(self.cv_squared))


def dispersion(shares: Sequence[Share], *, per: int) -> Dispersion:
    """Return the enrolment-weighted mean and population dispersion of x_i / P_i over units.

    Parameters
    ----------
    shares
        At least one unit, each with pupils > 0.
    per
        Values are per this many pupils (1 or 100).

    Raises
    ------
    ValueError
        No unit.

    Source
    ------
    Calculation note to the county indicators, worked example of five primary schools
    (tests/golden/published_dispersion.toml).

    >>> five = [(279, 45), (137, 37), (935, 89), (160, 76), (402, 55)]
    >>> d = dispersion([Share(Fraction(x), p) for x, p in five], per=1)
    >>> round(float(d.mean), 6), round(d.cv, 6)
    (6.334437, 0.515257)
    """
    if not shares:
        msg = "a dispersion needs at least one unit"
        raise ValueError(msg)
    pupils = sum(s.pupils for s in shares)
    amount = sum((s.amount for s in shares), Fraction(0))
    mean = amount / pupils
    squares = sum((s.amount * s.amount / s.pupils for s in shares), Fraction(0))
    variance = squares / pupils - mean * mean
    cv_squared = variance / (mean * mean) if mean else None
    return Dispersion(mean * per, variance * per * per, cv_squared)


def root(square: Fraction) -> Decimal:
    """Return the square root of a non-negative fraction to `ROOT_DIGITS` digits."""
    with localcontext() as context:
        context.prec = ROOT_DIGITS
        return (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()


def is_within(cv_squared: Fraction, limit: Fraction) -> bool:
    """Whether a coefficient is not beyond its limit; equal is within."""
    return cv_squared <= limit * limit


def mean_is_within(cv_squares: Sequence[Fraction], limit: Fraction) -> bool:
    """Whether the arithmetic mean of coefficients is not beyond a limit.

    A sum of square roots has no exact test as short as a single root's: it is compared to
    `ROOT_DIGITS` digits, and what then still equals the limit is within.
    """
    with localcontext() as context:
        context.prec = ROOT_DIGITS
        total = sum((root(square) for square in cv_squares), Decimal(0))
        bound = Decimal(limit.numerator) * len(cv_squares) / Decimal(limit.denominator)
        return total <= bound or (total - bound) / bound < Decimal(10) ** (10 - ROOT_DIGITS)

"""Why two figures of one cell differ: pure arithmetic on exact fractions.

A cause is named only where it accounts for the other figure exactly, within its printed decimals.
What nothing accounts for is told as unexplained and never guessed at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cause = Literal[
    "rounding",
    "source_figure",
    "other_enrolment",
    "source_figure_and_enrolment",
    "follows_from_cells",
    "other_method",
    "other_limit",
    "missing_here",
    "missing_there",
    "unexplained",
]


MAX_DECIMALS = 9
"""Programs write doubles with digits that are no longer true; beyond these none is compared."""


@dataclass(frozen=True)
class Theirs:
    """What the platform says of one cell or coefficient.

    `value` None: it is blank. `decimals` is how many digits stand behind the point. `is_met` None:
    no verdict is told.
    """

    value: Fraction | None
    decimals: int
    is_met: bool | None


@dataclass(frozen=True)
class CellBasis:
    """What our cell is made of: per x (weighted sum of facts) / pupils, against a threshold."""

    per: int
    terms: tuple[tuple[str, int], ...]
    facts: Mapping[str, Fraction | None]
    pupils: int
    threshold: Fraction | None


@dataclass(frozen=True)
class TheirBasis:
    """The raw figures the platform tells of a unit; what it does not tell is absent."""

    facts: Mapping[str, Fraction]
    pupils: int | None


@dataclass(frozen=True)
class Found:
    """One difference: its cause and the raw figures that carry it.

    `is_verdict_alone` says that the values agree and only the verdicts do not.
    """

    cause: Cause
    facts: tuple[str, ...] = ()
    is_verdict_alone: bool = False


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half up, as forms are printed.

    >>> rounded(Fraction("4.196"), 2), rounded(Fraction("0.5005"), 3)
    (Fraction(21, 5), Fraction(501, 1000))
    """
    scale = 10**decimals
    return Fraction(math.floor(value * scale + Fraction(1, 2)), scale)


def explains(value: Fraction, theirs: Theirs, tolerance: Fraction) -> bool:
    """Whether a value is theirs, as far as their printed decimals tell."""
    if theirs.value is None:
        return False
    decimals = min(theirs.decimals, MAX_DECIMALS)
    return abs(rounded(value, decimals) - rounded(theirs.value, decimals)) <= tolerance


def value_of(
    basis: CellBasis, facts: Mapping[str, Fraction | None], pupils: int
) -> Fraction | None:
    """Return the value of a cell from raw figures; None where one is missing or nobody learns.

    >>> basis = CellBasis(100, (("teachers", 1),), {}, 1200, None)
    >>> value_of(basis, {"teachers": Fraction(60)}, 1200)
    Fraction(5, 1)
    """
    amount = Fraction(0)
    for name, weight in basis.terms:
        fact = facts.get(name)
        if fact is None:
            return None
        amount += weight * fact
    return basis.per * amount / pupils if pupils else None


def of_cell(ours: CellBasis, theirs: Theirs, told: TheirBasis, tolerance: Fraction) -> Found | None:
    """Return why a cell differs; None where it agrees in value and verdict."""
    value = value_of(ours, ours.facts, ours.pupils)
    if value is None or theirs.value is None:
        return _one_sided(value, theirs)
    if explains(value, theirs, tolerance):
        is_met = None if ours.threshold is None else value >= ours.threshold
        printed = None if ours.threshold is None else theirs.value >= ours.threshold
        return _of_verdict(is_met, printed, theirs)
    return _of_value(ours, theirs, told, tolerance)


def _one_sided(value: Fraction | None, theirs: Theirs) -> Found | None:
    if value is None and theirs.value is None:
        return None
    return Found("missing_here" if value is None else "missing_there")


def _of_verdict(is_met: bool | None, printed: bool | None, theirs: Theirs) -> Found | None:
    if theirs.is_met is None or is_met is None or is_met == theirs.is_met:
        return None
    cause: Cause = "rounding" if printed == theirs.is_met else "other_limit"
    return Found(cause, is_verdict_alone=True)


def _of_value(ours: CellBasis, theirs: Theirs, told: TheirBasis, tolerance: Fraction) -> Found:
    used = [name for name, _weight in ours.terms]
    differing = tuple(n for n in used if n in told.facts and told.facts[n] != ours.facts[n])
    pupils = ours.pupils if told.pupils is None else told.pupils
    facts: Mapping[str, Fraction | None] = {**ours.facts, **told.facts}
    tries: list[tuple[Cause, Mapping[str, Fraction | None], int, tuple[str, ...]]] = []
    if differing:
        tries.append(("source_figure", facts, ours.pupils, differing))
    if pupils != ours.pupils:
        tries.append(("other_enrolment", ours.facts, pupils, ()))
    if differing and pupils != ours.pupils:
        tries.append(("source_figure_and_enrolment", facts, pupils, differing))
    for cause, with_facts, with_pupils, names in tries:
        value = value_of(ours, with_facts, with_pupils)
        if value is not None and explains(value, theirs, tolerance):
            return Found(cause, names)
    return Found("unexplained", differing)


@dataclass(frozen=True)
class CoefficientBasis:
    """Values and pupils of the units that enter a coefficient, its limit and our verdict."""

    values: Sequence[Fraction]
    pupils: Sequence[int]
    limit: Fraction | None
    is_within: bool | None
    has_differing_cells: bool


def of_coefficient(ours: CoefficientBasis, theirs: Theirs, tolerance: Fraction) -> Found | None:
    """Return why a coefficient of variation differs; None where it agrees."""
    cv = weighted_cv(ours.values, ours.pupils)
    if cv is None or theirs.value is None:
        return _one_sided(cv, theirs)
    if explains(cv, theirs, tolerance):
        printed = None if ours.limit is None else theirs.value <= ours.limit
        return _of_verdict(ours.is_within, printed, theirs)
    others = (plain_cv(ours.values, ddof) for ddof in (0, 1))
    if any(other is not None and explains(other, theirs, tolerance) for other in others):
        return Found("other_method")
    return Found("follows_from_cells" if ours.has_differing_cells else "unexplained")


def weighted_cv(values: Sequence[Fraction], pupils: Sequence[int]) -> Fraction | None:
    """Return the coefficient weighted by enrolment; None where it cannot be computed."""
    total = sum(pupils)
    if not total:
        return None
    mean = sum((p * v for v, p in zip(values, pupils, strict=True)), Fraction(0)) / total
    squares = (p * (v - mean) ** 2 for v, p in zip(values, pupils, strict=True))
    return _over_mean(sum(squares, Fraction(0)) / total, mean)


def plain_cv(values: Sequence[Fraction], ddof: int) -> Fraction | None:
    """Return the coefficient as other programs compute it, each unit counting once."""
    n = len(values)
    if n <= ddof:
        return None
    mean = sum(values, Fraction(0)) / n
    squares = sum(((v - mean) ** 2 for v in values), Fraction(0))
    return _over_mean(squares / (n - ddof), mean)


def _over_mean(variance: Fraction, mean: Fraction) -> Fraction | None:
    return Fraction(math.sqrt(variance)) / mean if mean else None

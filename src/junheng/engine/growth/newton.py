"""Least value of a smooth function of few parameters: Newton's method by differences.

The criteria of mixed models are even in the sign of every column of a relative spread, so a
spread of zero is an ordinary minimum and needs no bound; it may be a saddle, too, which the search
leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from junheng.errors import Unsolved
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.growth.sums import Floats

STEP = 1e-4
"""Of a difference, relative to the parameter's scale: its square bounds the error of a gradient."""
ENOUGH = 1e-9
"""Stop when the next step promises less than this, far below the digits of any table."""
MOST_STEPS = 100
LONGEST = 1.0
"""A step goes at most this far, in scales of the parameters."""
OFF_THE_SADDLE = 0.1
"""How far to go where the ground falls away on both sides, in scales of the parameters."""
FALLS = -1e-3
"""Curvature below this share of the largest is a fall, not the last digits of the differences."""


def least(function: Callable[[Floats], float], start: Floats, scale: Floats) -> Floats:
    """Return where the function is least, from a start, with the usual size of each parameter.

    Curvature is measured at the start and wherever the search seems to end; between these it is
    learned from how the gradient changes, which costs nothing.

    Raises
    ------
    Unsolved
        A hundred steps did not do.
    """
    at, value = start, function(start)
    gradient, curvature = _differences(function, at, value, scale)
    is_measured = True
    for _ in range(MOST_STEPS):
        step, promised = _step(gradient, curvature)
        if promised < ENOUGH:
            if not is_measured:
                gradient, curvature = _differences(function, at, value, scale)
                is_measured = True
                continue
            away = _off_the_saddle(curvature)
            if away is None:
                return at
            step = away
        moved, value_moved = _downhill(function, at, value, step * scale)
        if not value_moved < value:
            if is_measured:
                return at  # differences of the last digits: nothing is lower
            gradient, curvature = _differences(function, at, value, scale)
            is_measured = True
            continue
        gradient_moved = _slopes(function, moved, scale)[0]
        curvature = _learned(curvature, (moved - at) / scale, gradient_moved - gradient)
        at, value, gradient, is_measured = moved, value_moved, gradient_moved, False
    raise Unsolved(
        say(
            "The model did not settle. Leave out a slope or a kind of groups, or a covariate that "
            "says nearly the same as another."
        )
    )


def _downhill(
    function: Callable[[Floats], float], at: Floats, value: float, step: Floats
) -> tuple[Floats, float]:
    """Return the first point along ever shorter steps that is lower, or the last one tried."""
    moved, value_moved = at, value
    for _ in range(40):
        moved = at + step
        value_moved = function(moved)
        if value_moved < value:
            break
        step = step / 2
    return moved, value_moved


def _off_the_saddle(curvature: Floats) -> Floats | None:
    """Return a step to where the ground falls, None at a true minimum."""
    values, vectors = np.linalg.eigh(curvature)
    if values[0] >= FALLS * max(1.0, float(values[-1])):
        return None
    found: Floats = OFF_THE_SADDLE * vectors[:, 0]
    return found


def _learned(curvature: Floats, step: Floats, change: Floats) -> Floats:
    """Return the curvature that explains how the gradient changed (Broyden, Fletcher, Goldfarb,
    Shanno), unchanged where the ground bent down on the way."""
    along = float(step @ change)
    if along <= 1e-12 * float(np.linalg.norm(step) * np.linalg.norm(change)):
        return curvature
    pushed = curvature @ step
    found: Floats = (
        curvature
        + np.outer(change, change) / along
        - np.outer(pushed, pushed) / float(step @ pushed)
    )
    return found


def _step(gradient: Floats, curvature: Floats) -> tuple[Floats, float]:
    """Return the step downhill and what it promises; where the ground bends down, go far."""
    values, vectors = np.linalg.eigh(curvature)
    bent = np.maximum(np.abs(values), 1e-8 * max(1.0, float(np.abs(values).max())))
    along = vectors.T @ gradient
    step = -vectors @ (along / bent)
    promised = float((along**2 / bent).sum()) / 2
    length = float(np.abs(step).max())
    return (step if length <= LONGEST else step * (LONGEST / length)), promised


def _slopes(
    function: Callable[[Floats], float], at: Floats, scale: Floats
) -> tuple[Floats, Floats, list[float], list[float]]:
    """Return the gradient in scales of the parameters, and what it was measured by."""
    n = len(at)
    step = STEP * np.maximum(1.0, np.abs(at) / scale)
    ahead = [function(at + step[i] * scale * _unit(n, i)) for i in range(n)]
    behind = [function(at - step[i] * scale * _unit(n, i)) for i in range(n)]
    gradient = [(a - b) / (2 * h) for a, b, h in zip(ahead, behind, step, strict=True)]
    return np.array(gradient), step, ahead, behind


def _differences(
    function: Callable[[Floats], float], at: Floats, value: float, scale: Floats
) -> tuple[Floats, Floats]:
    """Return gradient and curvature in scales of the parameters."""
    n = len(at)
    gradient, step, ahead, behind = _slopes(function, at, scale)
    curvature = np.empty((n, n))
    for i in range(n):
        curvature[i, i] = (ahead[i] - 2 * value + behind[i]) / step[i] ** 2
        for j in range(i):
            both = function(at + scale * (step[i] * _unit(n, i) + step[j] * _unit(n, j)))
            mixed = (both - ahead[i] - ahead[j] + value) / (step[i] * step[j])
            curvature[i, j] = curvature[j, i] = mixed
    return gradient, curvature


def _unit(n: int, ix: int) -> Floats:
    found = np.zeros(n)
    found[ix] = 1.0
    return found

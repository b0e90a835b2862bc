"""Groups within groups: the profiled criterion and the effects, from the sums of the smallest.

Source: D. Bates, M. Maechler, B. Bolker, S. Walker, "Fitting linear mixed-effects models using
lme4", J. Stat. Softw. 67 (2015), for the criterion. Groups that lie within others need no large
matrix: the smallest are taken out of the sums in closed form, what is left is added up in the next,
and so on. A step costs as much as there are groups, however many rows they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from junheng.engine.growth.profile import Estimate, Profile, bordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from junheng.engine.growth.sums import Floats, Sums

    Codes = NDArray[np.intp]


@dataclass(frozen=True)
class _Level:
    """One factor: its terms' places, and where the groups of each larger group begin."""

    slots: tuple[int, ...]
    codes: Codes
    starts: Codes


class Nested:
    """A model whose factors lie within each other."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        order = np.lexsort(tuple(reversed(sums.codes)))
        codes = [factor[order] for factor in sums.codes]
        # Cells are the groups of the smallest factor; what is above is found at their borders.
        self._levels: list[_Level] = []
        at = np.arange(len(order))
        for depth in range(len(codes) - 1, -1, -1):
            own = codes[depth][at]
            above = codes[depth - 1][at] if depth else np.zeros(len(at), dtype=np.intp)
            starts = np.flatnonzero(np.r_[True, above[1:] != above[:-1]])
            self._levels.append(_Level(sums.slots[depth], own, starts))
            at = at[starts]
        self._cells = sums.products[order]
        self._added = np.add.reduceat(self._cells, self._levels[0].starts, axis=0)

    def profile(self, spreads: Sequence[Floats]) -> Profile:
        """Return what is left of the sums, and the determinant, for relative spreads by factor."""
        logdet, block = 0.0, self._cells
        for ix, level in enumerate(self._levels):
            spread = spreads[len(spreads) - 1 - ix]
            part, taken = _taken_out(block, level.slots, spread)
            logdet += part
            whole = self._added if ix == 0 else np.add.reduceat(block, level.starts, axis=0)
            block = whole - np.add.reduceat(taken, level.starts, axis=0)
        left = block[0]
        return Profile(logdet, bordered(left, self._sums.fixed))

    def estimates(self, spreads: Sequence[Floats], beta: Floats) -> list[list[Estimate]]:
        """Return every group's effects by factor, in the order of the levels of the sums."""
        blocks = [self._cells]
        for ix, level in enumerate(self._levels[:-1]):
            _, taken = _taken_out(blocks[ix], level.slots, spreads[len(spreads) - 1 - ix])
            blocks.append(np.add.reduceat(blocks[ix] - taken, level.starts, axis=0))
        width = self._cells.shape[1]
        # The coefficients of the vector that the fixed effects and all larger groups give.
        given: Floats = np.zeros((1, width))
        given[0, list(self._sums.fixed)] = beta
        unsure: Floats = np.zeros((1, width, width))
        found: list[list[Estimate]] = []
        for depth in range(len(self._levels)):
            ix = len(self._levels) - 1 - depth
            level, block = self._levels[ix], blocks[ix]
            within = np.repeat(
                np.arange(len(level.starts)), np.diff(np.r_[level.starts, len(level.codes)])
            )
            given, unsure = given[within], unsure[within]
            given, unsure, own = _effects(block, level.slots, spreads[depth], given, unsure)
            found.append([own[at] for at in np.argsort(level.codes)])
        return found


def _taken_out(block: Floats, slots: tuple[int, ...], spread: Floats) -> tuple[float, Floats]:
    """Return the log determinant of a factor's groups and what they take off the sums."""
    rows = block[:, slots, :]
    if len(slots) == 1:
        share = float(spread[0, 0]) ** 2
        weights = 1 + share * rows[:, 0, slots[0]]
        taken = rows[:, 0, :, None] * (rows[:, 0, None, :] * (share / weights)[:, None, None])
        return float(np.log(weights).sum()), taken
    scaled = spread.T @ rows
    inner = scaled[:, :, slots] @ spread + np.eye(len(slots))
    logdet = float(np.linalg.slogdet(inner)[1].sum())
    return logdet, np.swapaxes(scaled, 1, 2) @ np.linalg.solve(inner, scaled)


def _effects(
    block: Floats, slots: tuple[int, ...], spread: Floats, given: Floats, unsure: Floats
) -> tuple[Floats, Floats, list[Estimate]]:
    """Return the coefficients with this factor's effects added, their spread, and the effects.

    Spreads are relative to the residual's. Whatever a group's own rows say about the larger groups
    has gone into these already; what remains unsure of them is passed on.
    """
    places = list(slots)
    rows = block[:, places, :]
    inner = spread.T @ rows[:, :, places] @ spread + np.eye(len(places))
    own = spread @ np.linalg.solve(inner, np.broadcast_to(spread.T, inner.shape))
    answer = own @ rows  # what one more of each column does to the effects
    effects = answer[:, :, -1] - (answer[:, :, :-1] @ given[:, :-1, None])[:, :, 0]
    passed = np.zeros((len(block), block.shape[1], block.shape[1]))
    passed[:] = np.eye(block.shape[1])
    passed[:, places, :-1] -= answer[:, :, :-1]
    seen = answer[:, :, :-1]
    spread_of = own + seen @ unsure[:, :-1, :-1] @ np.swapaxes(seen, 1, 2)
    unsure = passed @ unsure @ np.swapaxes(passed, 1, 2)
    unsure[np.ix_(range(len(block)), places, places)] += own
    given = given.copy()
    given[:, places] += effects
    pairs = zip(effects, spread_of, strict=True)
    return given, unsure, [Estimate(values, spread) for values, spread in pairs]

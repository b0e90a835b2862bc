"""Groups that cross: the factor with most groups is taken out, the others are solved together.

Each row belongs to one group of the largest factor, whose part of the equations falls into small
blocks. What they leave for the other factors is one dense symmetric matrix; a single Cholesky
factor of it, bordered by the fixed effects and the outcome, gives every determinant and the
residual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from junheng.engine.growth.profile import Estimate, Profile
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from junheng.engine.growth.sums import Floats, Sums

    Codes = NDArray[np.intp]

MAX_DENSE = 6000
"""Random effects of all factors but the largest: their matrix takes 8 bytes times the square."""
MAX_PAIRS = 60_000_000


class Crossed:
    """A model with factors that cross."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        sizes = [
            len(names) * len(slots) for names, slots in zip(sums.levels, sums.slots, strict=True)
        ]
        self._big = int(np.argmax(sizes))
        self._others = [ix for ix in range(len(sizes)) if ix != self._big]
        self._offsets = dict(
            zip(self._others, np.cumsum([0, *(sizes[ix] for ix in self._others)])[:-1], strict=True)
        )
        self._n_dense = sum(sizes[ix] for ix in self._others)
        if self._n_dense > MAX_DENSE:
            raise DataError(
                say(
                    "The crossed groups beside the largest have {n} effects together; at most "
                    "{most} can be solved at once. Leave a kind of groups out, or nest them: "
                    "school/class.",
                    n=self._n_dense,
                    most=MAX_DENSE,
                )
            )
        self._outer = [*sums.fixed, sums.products.shape[1] - 1]
        self._prepare_big()
        self._prepare_dense()
        self._prepare_links()

    # --- sums by group ---------------------------------------------------------------------------

    def _prepare_big(self) -> None:
        """Sum the largest factor's own block and its products with the fixed columns."""
        sums, big = self._sums, self._big
        slots, codes = list(sums.slots[big]), sums.codes[big]
        n = len(sums.levels[big])
        self._own = _added(sums.products[:, slots][:, :, slots], codes, n)
        self._own_outer = _added(sums.products[:, slots][:, :, self._outer], codes, n)

    def _prepare_dense(self) -> None:
        """Sum the products of the other factors with each other and with the fixed columns."""
        sums = self._sums
        n, n_outer = self._n_dense, len(self._outer)
        self._dense = np.zeros((n + n_outer, n + n_outer))
        for a in self._others:
            for b in self._others:
                self._add_block(a, b)
            at = self._columns(a)
            for t, slot in enumerate(sums.slots[a]):
                for o, outer in enumerate(self._outer):
                    figures = np.bincount(at[:, t], sums.products[:, slot, outer], n)
                    self._dense[:n, n + o] += figures
                    self._dense[n + o, :n] += figures
        total = sums.total
        self._dense[n:, n:] = total[np.ix_(self._outer, self._outer)]

    def _add_block(self, a: int, b: int) -> None:
        sums, width = self._sums, self._dense.shape[0]
        rows, columns = self._columns(a), self._columns(b)
        for s, slot in enumerate(sums.slots[a]):
            for t, other in enumerate(sums.slots[b]):
                flat = rows[:, s] * width + columns[:, t]
                figures = np.bincount(flat, sums.products[:, slot, other], width * width)
                self._dense += figures.reshape(width, width)

    def _columns(self, factor: int) -> Codes:
        """Return the places of a factor's effects in the dense matrix, by cell and term."""
        n_terms = len(self._sums.slots[factor])
        base = self._offsets[factor] + self._sums.codes[factor] * n_terms
        found: Codes = base[:, None] + np.arange(n_terms)
        return found

    def _prepare_links(self) -> None:
        """List which other effects each group of the largest factor meets, and in which pairs."""
        sums, slots = self._sums, list(self._sums.slots[self._big])
        groups, places, vectors = [], [], []
        for factor in self._others:
            at = self._columns(factor)
            for t, slot in enumerate(sums.slots[factor]):
                groups.append(sums.codes[self._big])
                places.append(at[:, t])
                vectors.append(sums.products[:, slots, slot])
        key = np.concatenate(groups) * self._n_dense + np.concatenate(places)
        order, where = np.unique(key, return_inverse=True)
        self._links = _added(np.concatenate(vectors)[:, :, None], where, len(order))[:, :, 0]
        self._link_group = order // max(self._n_dense, 1)
        self._link_place = order % max(self._n_dense, 1)
        n_links = np.bincount(self._link_group, minlength=len(sums.levels[self._big]))
        n_pairs = int((n_links.astype(np.int64) ** 2).sum())
        if n_pairs > MAX_PAIRS:
            raise DataError(
                say(
                    "The crossed groups meet in {n} pairs, more than fit into memory. Leave a kind "
                    "of groups out, or nest them: school/class.",
                    n=n_pairs,
                )
            )
        starts = np.r_[0, np.cumsum(n_links)[:-1]]
        first = np.repeat(np.arange(len(order)), n_links[self._link_group])
        runs = np.r_[0, np.cumsum(n_links[self._link_group])[:-1]]
        within = np.arange(len(first)) - np.repeat(runs, n_links[self._link_group])
        second = starts[self._link_group[first]] + within
        # The matrix is symmetric: its lower half is enough for Cholesky's factor.
        lower = self._link_place[first] >= self._link_place[second]
        self._first, self._second = first[lower], second[lower]
        self._flat = self._link_place[self._first] * self._dense.shape[0]
        self._flat += self._link_place[self._second]
        self._pair_group = self._link_group[self._first]
        # With one effect a group the products of the pairs never change.
        self._pairs = (self._links[self._first] * self._links[self._second])[:, 0]

    # --- solving ---------------------------------------------------------------------------------

    def _system(self, spreads: Sequence[Floats]) -> tuple[float, Floats, Floats, Floats]:
        """Return the largest factor's determinant, inverse blocks, links seen, and the rest."""
        spread, width, n = spreads[self._big], self._dense.shape[0], self._n_dense
        inner = spread.T @ self._own @ spread + np.eye(spread.shape[0])
        logdet = float(np.linalg.slogdet(inner)[1].sum())
        weights = spread @ np.linalg.solve(inner, np.broadcast_to(spread.T, inner.shape))
        weighed = (weights[self._link_group] @ self._links[:, :, None])[:, :, 0]
        if spread.shape[0] == 1:
            pairs = self._pairs * weights[self._pair_group, 0, 0]
        else:
            pairs = (weighed[self._first] * self._links[self._second]).sum(axis=1)
        rest = self._dense - np.bincount(self._flat, pairs, width * width).reshape(width, width)
        seen = weights @ self._own_outer
        for o in range(len(self._outer)):
            figures = (self._links * seen[self._link_group, :, o]).sum(axis=1)
            rest[n + o, :n] -= np.bincount(self._link_place, figures, n)
        rest[n:, n:] -= np.einsum("gio,gip->op", self._own_outer, seen)
        return logdet, weights, weighed, rest

    def _scaled(self, rest: Floats, spreads: Sequence[Floats]) -> Floats:
        """Return the lower half with the other factors' relative spreads put in."""
        n = self._n_dense
        for factor in self._others:
            spread = spreads[factor]
            at = self._offsets[factor]
            end = at + len(self._sums.levels[factor]) * spread.shape[0]
            if spread.shape[0] == 1:
                rest[at:end] *= spread[0, 0]
                rest[:, at:end] *= spread[0, 0]
                continue
            rows = rest[at:end].reshape(-1, spread.shape[0], rest.shape[1])
            rest[at:end] = (spread.T @ rows).reshape(end - at, -1)
            columns = rest[:, at:end].reshape(rest.shape[0], -1, spread.shape[0])
            rest[:, at:end] = (columns @ spread).reshape(rest.shape[0], -1)
        rest[range(n), range(n)] += 1.0
        return rest

    def profile(self, spreads: Sequence[Floats]) -> Profile:
        """Return what is left of the sums, and the determinant, for relative spreads by factor."""
        logdet, _, _, rest = self._system(spreads)
        n = self._n_dense
        lower = np.linalg.cholesky(self._whole(rest, spreads))
        logdet += 2 * float(np.log(np.diag(lower)[:n]).sum())
        corner = lower[n:, n:]
        return Profile(logdet, corner @ corner.T)

    def _whole(self, rest: Floats, spreads: Sequence[Floats]) -> Floats:
        """Return the matrix whose lower half `rest` is, with the relative spreads put in."""
        full = np.tril(rest)
        full += np.tril(rest, -1).T
        return self._scaled(full, spreads)

    def estimates(self, spreads: Sequence[Floats], beta: Floats) -> list[list[Estimate]]:
        """Return every group's effects by factor, in the order of the levels of the sums."""
        _, weights, weighed, rest = self._system(spreads)
        n = self._n_dense
        full = self._whole(rest, spreads)
        right = full[:n, -1] - full[:n, n:-1] @ beta
        inverse = np.linalg.inv(full[:n, :n])
        values, covariance = inverse @ right, inverse
        for factor in self._others:  # back from spherical effects to those of the groups
            spread, at = spreads[factor], self._offsets[factor]
            end = at + len(self._sums.levels[factor]) * spread.shape[0]
            values[at:end] = (values[at:end].reshape(-1, spread.shape[0]) @ spread.T).ravel()
            covariance[at:end] = (
                spread @ covariance[at:end].reshape(-1, spread.shape[0], n)
            ).reshape(end - at, n)
            covariance[:, at:end] = (
                covariance[:, at:end].reshape(n, -1, spread.shape[0]) @ spread.T
            ).reshape(n, end - at)
        found: list[list[Estimate]] = [[] for _ in self._sums.levels]
        for factor in self._others:
            found[factor] = self._others_of(factor, values, covariance)
        found[self._big] = self._of_big(weights, weighed, values, covariance, beta)
        return found

    def _others_of(self, factor: int, values: Floats, covariance: Floats) -> list[Estimate]:
        size = len(self._sums.slots[factor])
        at = self._offsets[factor]
        places = [
            range(at + ix * size, at + (ix + 1) * size)
            for ix in range(len(self._sums.levels[factor]))
        ]
        return [Estimate(values[list(p)], covariance[np.ix_(p, p)]) for p in places]

    def _of_big(
        self, weights: Floats, weighed: Floats, values: Floats, covariance: Floats, beta: Floats
    ) -> list[Estimate]:
        outer = weights @ self._own_outer
        effects = outer[:, :, -1] - outer[:, :, :-1] @ beta
        n, size = effects.shape
        met = weighed * values[self._link_place][:, None]
        found = []
        starts = np.searchsorted(self._link_group, np.arange(n + 1))
        for ix in range(n):
            run = slice(starts[ix], starts[ix + 1])
            places, seen = self._link_place[run], weighed[run]
            own = weights[ix] + seen.T @ covariance[np.ix_(places, places)] @ seen
            found.append(Estimate(effects[ix] - met[run].sum(axis=0).reshape(size), own))
        return found


def _added(figures: Floats, codes: Codes, n: int) -> Floats:
    """Return the sums of small matrices by group."""
    flat = figures.reshape(len(figures), -1)
    found = np.empty((n, flat.shape[1]))
    for ix in range(flat.shape[1]):
        found[:, ix] = np.bincount(codes, flat[:, ix], n)
    return found.reshape(n, *figures.shape[1:])

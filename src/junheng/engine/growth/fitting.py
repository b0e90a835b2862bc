"""The fit itself: variances by the criterion, then fixed effects, then those of each group."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import TYPE_CHECKING

import numpy as np

from junheng.engine.growth.crossed import Crossed
from junheng.engine.growth.nested import Nested
from junheng.engine.growth.newton import least
from junheng.engine.growth.sums import sums_of
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from junheng.engine.growth.model import Method, Model
    from junheng.engine.growth.profile import Profile, Solver
    from junheng.engine.growth.sums import Floats, Sums
    from junheng.engine.store.tables import SourceTable

SINGULAR = 1e-4
"""A spread so small beside the residual's is none; the bound that lme4 uses."""
COLLINEAR = 1e-10
"""A covariate of which the others leave no more than this share says nothing of its own."""
NOTHING_LEFT = 1e-12
"""A residual of this share of the outcome's variance: the covariates give the outcome itself."""
START = 0.5
"""Where the relative spreads start, beside residuals of one."""


@dataclass(frozen=True)
class Fixed:
    """A fixed effect: what one more of a covariate goes with, and its standard error."""

    name: str
    estimate: float
    se: float


@dataclass(frozen=True)
class Variance:
    """The covariance of a factor's random effects, `terms` by `terms`."""

    group: str
    terms: tuple[str, ...]
    cov: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Effect:
    """How far one group is from what its rows' covariates foretell, shrunken to the mean.

    `se` is the spread of the true effect about the estimate, given variances and fixed effects.
    """

    group: str
    level: str
    term: str
    estimate: float
    se: float


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    `criterion` is -2 times the (restricted) log-likelihood with all constants. `is_singular` says
    that some variance is zero, or some effects depend on each other entirely.
    """

    criterion: float
    method: Method
    n: int
    n_dropped: int
    fixed: tuple[Fixed, ...]
    variances: tuple[Variance, ...]
    residual: float
    effects: tuple[Effect, ...]
    is_singular: bool


def fit(source: SourceTable, model: Model) -> Fit:
    """Fit a model to a table.

    Raises
    ------
    DataError
        The table does not hold what the model asks for, or cannot tell its effects apart.
    Unsolved
        The search for the variances did not end.
    """
    sums = sums_of(source, model)
    _require_groups(sums, model)
    _require_own_say(sums)
    solver: Solver = Nested(sums) if model.is_nested else Crossed(sums)
    sizes = [len(slots) for slots in sums.slots]

    def criterion(theta: Floats) -> float:
        return _criterion(solver.profile(_spreads(theta, sizes)), sums, model.method)

    start, scale = _start(sums)
    theta = _without_traces(criterion, least(criterion, start, scale), scale)
    return _result(sums, model, solver, _spreads(theta, sizes), scale)


# --- what a table must hold ----------------------------------------------------------------------


def _require_groups(sums: Sums, model: Model) -> None:
    for factor, levels in zip(model.factors, sums.levels, strict=True):
        if len(levels) == 1:
            raise DataError(
                say(
                    "All rows belong to one group of “{group}” ({level}): how groups differ cannot "
                    "be told. Leave the groups out, or give rows of several.",
                    group=factor.name,
                    level=levels[0],
                )
            )
        if len(levels) >= sums.n:
            raise DataError(
                say(
                    "Every row is a group of “{group}” of its own: groups cannot be told from "
                    "residuals. Choose larger groups.",
                    group=factor.name,
                )
            )


def _require_own_say(sums: Sums) -> None:
    """Refuse covariates that do not vary, or that others give."""
    places = list(sums.fixed)
    gram = sums.total[np.ix_(places, places)]
    left = gram.copy()
    for ix, name in enumerate(sums.names):
        own = left[ix, ix]
        if own <= COLLINEAR * max(gram[ix, ix], 1e-300):
            raise DataError(
                say(
                    "Covariate “{name}” does not vary, or the covariates before it give it "
                    "already: {others}. Leave it out.",
                    name=name,
                    others=", ".join(sums.names[:ix]),
                )
            )
        left = left - np.outer(left[ix], left[ix]) / own
    total = sums.total[-1, -1]
    both = [*places, sums.total.shape[0] - 1]
    whole = sums.total[np.ix_(both, both)]
    rest = total - whole[-1, :-1] @ np.linalg.solve(gram, whole[:-1, -1])
    if rest <= NOTHING_LEFT * max(total, 1e-300):
        raise DataError(
            say(
                "The covariates give the outcome exactly: nothing is left that groups could "
                "explain. Is the outcome among the covariates, or the same for everybody?"
            )
        )


# --- the criterion -------------------------------------------------------------------------------


def _spreads(theta: Floats, sizes: Sequence[int]) -> list[Floats]:
    """Return the lower triangular relative spread of each factor."""
    found: list[Floats] = []
    at = 0
    for size in sizes:
        spread = np.zeros((size, size))
        rows, columns = np.tril_indices(size)
        spread[rows, columns] = theta[at : at + len(rows)]
        at += len(rows)
        found.append(spread)
    return found


def _criterion(profile: Profile, sums: Sums, method: Method) -> float:
    lower = np.linalg.cholesky(profile.left)
    squares = float(lower[-1, -1]) ** 2
    n_fixed = len(sums.fixed)
    free = sums.n - n_fixed if method == "reml" else sums.n
    value = profile.logdet + free * (1 + log(2 * pi * squares / free))
    if method == "reml":
        value += 2 * float(np.log(np.diag(lower)[:n_fixed]).sum())
    return value


def _start(sums: Sums) -> tuple[Floats, Floats]:
    """Return where to start and the scale of each parameter: spreads beside residuals of one."""
    mean_squares = np.diag(sums.total) / sums.n
    start, scale = [], []
    for slots in sums.slots:
        for row, column in zip(*np.tril_indices(len(slots)), strict=True):
            unit = 1 / np.sqrt(max(float(mean_squares[slots[row]]), 1e-300))
            start.append(START * unit if row == column else 0.0)
            scale.append(unit)
    return np.array(start), np.array(scale)


def _without_traces(criterion: Callable[[Floats], float], theta: Floats, scale: Floats) -> Floats:
    """Set to zero what differs from it by nothing but the search's last digits."""
    cleaned = np.where(np.abs(theta) < SINGULAR * scale, 0.0, theta)
    return cleaned if criterion(cleaned) <= criterion(theta) + 1e-9 else theta


# --- results -------------------------------------------------------------------------------------


def _result(sums: Sums, model: Model, solver: Solver, spreads: list[Floats], scale: Floats) -> Fit:
    profile = solver.profile(spreads)
    left = profile.left
    n_fixed = len(sums.fixed)
    beta = np.linalg.solve(left[:-1, :-1], left[:-1, -1])
    squares = float(left[-1, -1] - left[-1, :-1] @ beta)
    residual = squares / (sums.n - n_fixed if model.method == "reml" else sums.n)
    estimates = solver.estimates(spreads, beta)
    effects = tuple(
        Effect(
            factor.name, level, term, float(found.values[ix]), _se(found.covariance, ix, residual)
        )
        for factor, levels, groups in zip(model.factors, sums.levels, estimates, strict=True)
        for level, found in zip(levels, groups, strict=True)
        for ix, term in enumerate(factor.terms)
    )
    return Fit(
        criterion=_criterion(profile, sums, model.method),
        method=model.method,
        n=sums.n,
        n_dropped=sums.n_dropped,
        fixed=_fixed(sums, beta, np.linalg.inv(left[:-1, :-1]) * residual),
        variances=tuple(
            Variance(factor.name, factor.terms, _rows(residual * spread @ spread.T))
            for factor, spread in zip(model.factors, spreads, strict=True)
        ),
        residual=residual,
        effects=effects,
        is_singular=_is_singular(spreads, scale),
    )


def _fixed(sums: Sums, beta: Floats, covariance: Floats) -> tuple[Fixed, ...]:
    """Return the fixed effects for covariates as they are, not less their means."""
    back = np.eye(len(beta))
    back[0, 1:] = -sums.means[:-1]
    beta = back @ beta
    beta[0] += sums.means[-1]
    spread = np.sqrt(np.diag(back @ covariance @ back.T))
    return tuple(
        Fixed(name, float(value), float(se))
        for name, value, se in zip(sums.names, beta, spread, strict=True)
    )


def _se(covariance: Floats, ix: int, residual: float) -> float:
    return float(np.sqrt(max(covariance[ix, ix], 0.0) * residual))


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _is_singular(spreads: list[Floats], scale: Floats) -> bool:
    at = 0
    for spread in spreads:
        for row, column in zip(*np.tril_indices(len(spread)), strict=True):
            if row == column and abs(spread[row, column]) < SINGULAR * scale[at]:
                return True
            at += 1
    return False

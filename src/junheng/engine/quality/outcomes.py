"""What the assessment says of a figure's unit and county: now, without it, and put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

UNFAVOURABLE = frozenset({"not_met", "fail", "below85", "beyond"})


@dataclass(frozen=True)
class CellOutcome:
    """One indicator of the unit: its value (None: missing) and status."""

    value: float | None
    status: str


@dataclass(frozen=True)
class Coefficient:
    """One coefficient of the unit's county and stage; `cv` None when it cannot be computed."""

    cv: float | None
    status: str
    n_left_out: int


@dataclass(frozen=True)
class Outcome:
    """What the assessment says of one unit, its county and stage.

    `cells` and `coefficients` hold the indicators that the figure enters; `coefficients` also the
    mean of all where the rule set judges that.
    """

    value: Fraction | None
    cells: Mapping[str, CellOutcome]
    unit_verdict: str
    coefficients: Mapping[str, Coefficient]
    county_verdict: str


@dataclass(frozen=True)
class Effect:
    """The outcome as the table stands, with the figure missing, and with its likely value."""

    now: Outcome
    missing: Outcome
    corrected: Outcome | None

    @property
    def best(self) -> Outcome:
        """The outcome that a correction would lead to: of the likely value, else of none."""
        return self.corrected or self.missing

    @property
    def changes_county(self) -> bool:
        """Whether the county's verdict hangs on this figure."""
        return self._moves(self.now.county_verdict, self.best.county_verdict)

    @property
    def changes_unit(self) -> bool:
        """Whether the unit's verdict hangs on this figure."""
        return self._moves(self.now.unit_verdict, self.best.unit_verdict)

    @property
    def n_statuses_changed(self) -> int:
        """How many cells and coefficients would have another status."""
        now, best = self.now, self.best
        cells = sum(self._moves(c.status, best.cells[i].status) for i, c in now.cells.items())
        return cells + sum(
            self._moves(c.status, best.coefficients[i].status) for i, c in now.coefficients.items()
        )

    @property
    def cv_change(self) -> float:
        """The largest change of a coefficient, in its own unit."""
        return max(
            (
                abs((self.best.coefficients[i].cv or 0.0) - (c.cv or 0.0))
                for i, c in self.now.coefficients.items()
            ),
            default=0.0,
        )

    def _moves(self, now: str, then: str) -> bool:
        """Whether a status moves; that a missing figure leaves things open is no movement."""
        if self.corrected is None:
            return (now in UNFAVOURABLE) != (then in UNFAVOURABLE)
        return now != then

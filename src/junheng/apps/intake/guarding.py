"""The feed guard: an import that suddenly loses or refuses many rows stops and says so."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from junheng.apps.intake.rules import Guard, guard
from junheng.engine import contracts
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from junheng.apps.intake.examining import Part
    from junheng.i18n import Message


@dataclass(frozen=True)
class Alarm:
    """What the guard found in one dataset: `n` of `of` rows are lost, refused, or all gone."""

    kind: Literal["lost", "rejected", "emptied"]
    dataset: str
    n: int
    of: int

    @property
    def message(self) -> Message:
        """The sentence for people."""
        name = contracts.contract(self.dataset).name.zh
        share = f"{100 * self.n / self.of:.1f}"
        if self.kind == "emptied":
            return say("“{dataset}”: all {of} rows would be removed.", dataset=name, of=self.of)
        if self.kind == "lost":
            return say(
                "“{dataset}”: {n} of {of} rows ({share} %) would be removed.",
                dataset=name, n=self.n, of=self.of, share=share,
            )  # fmt: skip
        return say(
            "“{dataset}”: {n} of {of} rows ({share} %) are refused. Perhaps a code list or a"
            " column has changed at the source.",
            dataset=name, n=self.n, of=self.of, share=share,
        )  # fmt: skip


def alarms(parts: Iterable[Part], rules: Guard | None = None) -> tuple[Alarm, ...]:
    """Return what the guard has to say about the datasets of a file."""
    rules = rules or guard()
    found: list[Alarm] = []
    for part in parts:
        lost, stored = part.comparison.counts["removed"], part.n_stored
        refused, rows = part.n_rejected, part.checked.n_rows
        added = part.comparison.counts["new"]
        if lost and lost == stored and not added:
            found.append(Alarm("emptied", part.contract.id, lost, stored))
        elif lost > rules.lost_allowed and Fraction(lost, stored) > rules.lost_share:
            found.append(Alarm("lost", part.contract.id, lost, stored))
        if refused > rules.rejected_allowed and Fraction(refused, rows) > rules.rejected_share:
            found.append(Alarm("rejected", part.contract.id, refused, rows))
    return tuple(found)

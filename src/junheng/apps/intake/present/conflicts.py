"""Conflicts of a file with stored rows: both rows side by side, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.foundation import masking
from junheng.apps.foundation.shown import language
from junheng.apps.intake.present import words
from junheng.apps.intake.present.faults import FaultTexts
from junheng.engine import contracts
from junheng.engine.contracts.template import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.findings import Conflict, FieldFault, Values

LISTED = 50


@dataclass(frozen=True)
class Side:
    """One field of both rows."""

    header: str
    incoming: str
    stored: str
    differs: bool


@dataclass(frozen=True)
class ConflictShown:
    """One conflict; without `sides` neither row may be shown or there is only one."""

    dataset: str
    row: int | None
    found: str
    remedy: str
    sides: list[Side]
    has_stored: bool


class ConflictsShown:
    """The kept conflicts of a file, the first of them side by side."""

    def __init__(self, faults: Sequence[FieldFault], *, hides_names: bool) -> None:
        self._faults = [fault for fault in faults if fault.conflict]
        self._hides_names = hides_names

    @property
    def n(self) -> int:
        return len(self._faults)

    @property
    def n_hidden(self) -> int:
        return max(self.n - LISTED, 0)

    @property
    def lines(self) -> list[ConflictShown]:
        return [self._line(f, f.conflict) for f in self._faults[:LISTED] if f.conflict]

    def _line(self, fault: FieldFault, conflict: Conflict) -> ConflictShown:
        contract = contracts.contract(conflict.dataset)
        texts = FaultTexts([conflict.dataset], hides_names=self._hides_names)
        return ConflictShown(
            dataset=words.of(contract.name),
            row=fault.row,
            found=texts.told(fault, fault.found),
            remedy=texts.told(fault, fault.remedy),
            sides=self._sides(contract, conflict, fault.field_id),
            has_stored=conflict.stored is not None,
        )

    def _sides(self, contract: Contract, conflict: Conflict, field_id: str) -> list[Side]:
        return [
            Side(
                words.of(contract.field(name).header),
                self._text(contract, name, conflict.incoming),
                self._text(contract, name, conflict.stored),
                differs=(conflict.incoming or {}).get(name) != (conflict.stored or {}).get(name),
            )
            for name in conflict.fields(contract, field_id)
        ]

    def _text(self, contract: Contract, name: str, side: Values | None) -> str:
        field, value = contract.field(name), (side or {}).get(name)
        if value is None:
            return "–"
        if masking.is_masked(field, hides_names=self._hides_names):
            return masking.masked(field, value)
        return shown(field, value, language())

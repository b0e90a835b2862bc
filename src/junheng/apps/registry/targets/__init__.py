"""Targets: stored facts as rows of the dataset contracts, and the one way to write them.

>>> from junheng.apps.registry import targets
>>> targets.target("pupils").contract.key
('pupil_id', 'from_date')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.registry.targets import organisations, people, reading, things, writing
from junheng.apps.registry.targets.records import Key, Place, Row, RowChange, Target
from junheng.engine import contracts
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import Model

    from junheng.apps.registry.targets.spec import Spec
    from junheng.engine.contracts import Contract
    from junheng.engine.store.session import Session

__all__ = ["Key", "Place", "Row", "RowChange", "Target", "all_targets", "rows_by_number", "target"]


@dataclass(frozen=True)
class TableTarget:
    """The target of a dataset that a description places in tables; see `Target`."""

    spec: Spec

    @property
    def contract(self) -> Contract:
        return self.spec.contract

    def load(self, session: Session, relation: str, place: Place) -> int:
        return reading.load(self.spec, session, relation, place)

    def write(
        self, place: Place, changes: Sequence[RowChange], *, by: int | None, why: str, batch: UUID
    ) -> None:
        from junheng.apps.registry.summaries.counting import note_write

        with transaction.atomic():
            writing.write(self.spec, place, changes, by=by, why=why, batch=batch)
            note_write(place, self.spec.dataset, changes)

    def key_text(self, place: Place, key: Key) -> str:
        code = reading.bureau_code(place.bureau_id)
        return writing.key_text(self.spec, code, place.school_year, key)


_TARGETS = {
    spec.dataset: TableTarget(spec) for spec in (*organisations.SPECS, *people.SPECS, *things.SPECS)
}


def target(dataset: str) -> Target:
    """Return the target of a dataset; NotFound for one that is not kept row by row."""
    found = _TARGETS.get(dataset)
    if found is None:
        raise NotFound(say("Rows of the dataset “{dataset}” are not kept.", dataset=dataset))
    return found


def all_targets() -> tuple[Target, ...]:
    """Return every target, each after those that its rows refer to."""
    return tuple(_TARGETS[c.id] for c in contracts.contracts() if c.id in _TARGETS)


def main_model(dataset: str) -> type[Model]:
    """Return the model that keeps one row for each row of a dataset; NotFound as `target`."""
    target(dataset)
    return _TARGETS[dataset].spec.main.model


def rows_by_number(dataset: str, place: Place, number: str) -> list[dict[str, str | None]]:
    """Return the rows of a place whose first key field is `number`, in order of their keys."""
    return reading.rows_by_number(_TARGETS[dataset].spec, place, number)

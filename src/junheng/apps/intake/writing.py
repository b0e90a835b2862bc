"""Changes of rows into the registry: what goes first, in the order that references allow."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from junheng.apps.jobs.api import progress
from junheng.apps.registry.targets import RowChange, target
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from junheng.apps.registry.targets import Place
    from junheng.engine.contracts.differences import Comparison, Difference, Kind

AT_ONCE = 20_000
"""Rows written by one call: what bounds the memory."""


def write_changes(
    place: Place, comparisons: Sequence[Comparison], *, by: int | None, why: str, batch: UUID
) -> int:
    """Write changes of several datasets in the caller's transaction; return how many rows.

    `comparisons` stand in order of reference. First the removed rows, last dataset first; then
    what changes and what is new, first dataset first.
    """
    total = max(sum(one.n_changes for one in comparisons), 1)
    n_done = 0
    steps: list[tuple[Comparison, Kind]] = [(one, "removed") for one in reversed(comparisons)]
    for one in comparisons:
        steps += [(one, "changed"), (one, "new")]
    for comparison, kind in steps:
        for part in _parts(comparison.each((kind,), AT_ONCE)):
            contract = comparison.contract
            told = say("Writing “{dataset}” ...", dataset=contract.name.zh)
            progress(0.4 + 0.55 * n_done / total, told)
            target(contract.id).write(place, part, by=by, why=why, batch=batch)
            n_done += len(part)
    return n_done


def _parts(changes: Iterable[Difference]) -> Iterable[list[RowChange]]:
    rows = (RowChange(_key(one), one.old, one.new) for one in changes)
    while part := list(islice(rows, AT_ONCE)):
        yield part


def _key(one: Difference) -> tuple[str, ...]:
    return tuple(value or "" for value in one.key)

"""What every way of applying an import shares: the lock, the writing, the line of the history."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from junheng.apps.audit.api import record
from junheng.apps.foundation import clock, scoping
from junheng.apps.intake.models import ImportPart, State
from junheng.apps.intake.writing import write_changes
from junheng.apps.registry.api import Bureau
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from uuid import UUID

    from junheng.apps.intake.examining import Aim, Examined, Part
    from junheng.apps.intake.guarding import Alarm
    from junheng.apps.intake.models import Import
    from junheng.engine.contracts.differences import Comparison

MAX_REASON = 200
"""Characters of a reason that are kept."""


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave out the search for reference cycles: rows are in none, and there are many of them.

    Measured: a sixth of the processor time of applying a district, at the same peak memory.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def lock(bureau: Bureau) -> None:
    """Lock a bureau until the transaction ends."""
    with scoping.everything(reason="one import at a time in a bureau"):
        Bureau.objects.select_for_update().get(pk=bureau.pk)


def write(source: Import, aim: Aim, found: Examined, *, by: int | None) -> None:
    """Write what a look at a file found, in the transaction of the caller."""
    comparisons = [part.comparison for part in found.parts]
    why = f"import {source.pk}"
    write_changes(aim.place, comparisons, by=by, why=why, batch=source.batch)
    source.state = State.APPLIED
    source.applied_by_id = by
    source.applied_at = clock.now()
    source.content = ""
    source.save()
    put_on_record("import_applied", source, comparisons, by=by, batch=source.batch)


def put_on_record(
    act: str, source: Import, comparisons: Iterable[Comparison], *, by: int | None, batch: UUID
) -> None:
    """Put into the audit log what was written of each dataset; `batch` finds it in the journal."""
    for one in comparisons:
        record(
            act,
            reader=None,
            user_id=by,
            bureau_ids=[source.bureau_id],
            kind=f"dataset:{one.contract.id}",
            keys=[str(source.pk)],
            n_rows=one.n_changes,
            batch=batch,
        )


def stopped(found: Collection[Alarm]) -> DataError:
    """Return the refusal of an import that the feed guard stops."""
    told = "\n".join(str(alarm.message) for alarm in found)
    return DataError(
        say("Stopped: {alarms} If this is meant, confirm it with a reason.", alarms=told)
    )


def part_row(source: Import, position: int, part: Part) -> ImportPart:
    """Store how many rows one dataset of a file has and what they do."""
    return ImportPart.objects.create(
        source=source,
        position=position,
        dataset=part.contract.id,
        sheet=part.checked.table.sheet[:64],
        n_rows=part.checked.n_rows,
        n_rejected=part.n_rejected,
        n_faults=part.checked.n_faults,
        n_stored=part.n_stored,
        **{f"n_{kind}": n for kind, n in part.comparison.counts.items()},
    )

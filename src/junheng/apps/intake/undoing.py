"""Taking an import back: its lines of the journal turned round, if nothing stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from junheng.apps.foundation import journal, scoping
from junheng.apps.intake.examining import Stored
from junheng.apps.intake.models import Import, State
from junheng.engine import contracts
from junheng.engine.contracts.conflicts import (
    after,
    find_conflicts,
    find_left_behind,
    may_leave_behind,
    prepare_stored,
    referring_to,
)
from junheng.engine.contracts.differences import Comparison, from_rows
from junheng.engine.contracts.findings import Findings
from junheng.engine.store.tables import SourceTable
from junheng.errors import DataError, TableFaults
from junheng.i18n import say, untranslated

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from junheng.apps.intake.examining import Aim
    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.differences import Values
    from junheng.engine.store.session import Session
    from junheng.errors import Fault
    from junheng.i18n import Message, Translate

ROWS_NAMED = 20
"""Rows that a message names of one later act."""


@dataclass(frozen=True)
class Obstacle:
    """One later act on rows of an import: another import, or an edit of the register.

    `rows` are journal keys (bureau code, perhaps the year, and the key of the row); `n_rows`
    counts all of them. `import_id` is None for an edit.
    """

    file_name: str
    who: str
    at: datetime
    dataset: str
    n_rows: int
    rows: tuple[str, ...]
    import_id: UUID | None = None

    @property
    def message(self) -> Message:
        """The sentence for people."""
        at = timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M")
        name = contracts.contract(self.dataset).name.zh
        rows = "、".join(self.rows)
        if self.file_name:
            return say(
                "Import “{file}” by {who} on {at} changed {n} of the same rows of “{dataset}”:"
                " {rows}. Undo that one first.",
                file=self.file_name, who=self.who, at=at, n=self.n_rows, dataset=name, rows=rows,
            )  # fmt: skip
        return say(
            "An edit by {who} on {at} changed {n} of the same rows of “{dataset}”: {rows}.",
            who=self.who, at=at, n=self.n_rows, dataset=name, rows=rows,
        )  # fmt: skip


class StandsInTheWay(DataError):
    """An import cannot be undone: later acts have touched its rows."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(say("Rows of this import were changed later; nothing was undone."))

    def render(self, translate: Translate = untranslated) -> str:
        """Return the sentence and one line an obstacle."""
        lines = [super().render(translate)]
        return "\n".join([*lines, *(one.message.render(translate) for one in self.obstacles)])


def obstacles(source: Import) -> tuple[Obstacle, ...]:
    """Return what stands in the way of undoing an import, act by act, oldest first.

    An import that was undone itself, and its undoing, stand in nobody's way.
    """
    acts: dict[_Act, list[str]] = {}
    times: dict[_Act, datetime] = {}
    entries = journal.later_changes(source.batch).select_related("who")
    for entry in entries.iterator(chunk_size=2000):
        dataset = entry.kind.removeprefix(journal.DATASET)
        moment = entry.at if entry.batch is None else None
        act = _Act(entry.batch, moment, entry.who.display_name if entry.who else "–", dataset)
        acts.setdefault(act, []).append(entry.key)
        times.setdefault(act, entry.at)
    imports = _imports({act.batch for act in acts})
    return tuple(
        Obstacle(
            file_name=imports[act.batch].file_name if act.batch in imports else "",
            who=act.who,
            at=times[act],
            dataset=act.dataset,
            n_rows=len(keys),
            rows=tuple(keys[:ROWS_NAMED]),
            import_id=imports[act.batch].pk if act.batch in imports else None,
        )
        for act, keys in acts.items()
        if act.batch not in imports or imports[act.batch].state != State.UNDONE
    )


@dataclass(frozen=True)
class _Act:
    """What was done at once to rows of one dataset; an edit without batch is known by its time."""

    batch: UUID | None
    at: datetime | None
    who: str
    dataset: str


def _imports(batches: Collection[UUID | None]) -> dict[UUID | None, Import]:
    """Return the imports that wrote or took back these batches, by batch."""
    found: dict[UUID | None, Import] = {}
    with scoping.everything(reason="naming the import that stands in the way"):
        rows = Import.objects.filter(Q(batch__in=batches) | Q(undo_batch__in=batches))
        for row in rows.defer("content", "faults"):
            found[row.batch] = row
            found[row.undo_batch] = row
    found.pop(None, None)
    return found


def turned_round(aim: Aim, session: Session, source: Import) -> tuple[Comparison, ...]:
    """Return the changes that take an import back, in order of reference.

    Raises
    ------
    StandsInTheWay
        Later acts touched the same rows.
    TableFaults
        Other rows came to depend on what the import brought.
    """
    if found := obstacles(source):
        raise StandsInTheWay(found)
    pairs: dict[str, list[tuple[Values | None, Values | None]]] = {}
    for row in journal.rows_of_batch(source.batch):
        contract = contracts.contract(row.dataset)
        pair = (_full(contract, row.new), _full(contract, row.old))
        pairs.setdefault(row.dataset, []).append(pair)
    ordered = [c for c in contracts.contracts() if c.id in pairs]
    comparisons = tuple(from_rows(session, c, pairs[c.id]) for c in ordered)
    _check(aim, session, comparisons)
    return comparisons


def _full(contract: Contract, row: journal.Row | None) -> Values | None:
    return None if row is None else {f.id: row.get(f.id) for f in contract.fields}


def _check(aim: Aim, session: Session, comparisons: Sequence[Comparison]) -> None:
    """Raise TableFaults when rows that stay could not stand beside what would be again."""
    stored = Stored(session, aim)
    relations = {}
    for one in comparisons:
        loaded = stored.rows(one.contract.id)
        relations[one.contract.id] = prepare_stored(session, one.contract, loaded, {}, None)
    afters = {one.contract.id: after(one, relations[one.contract.id]) for one in comparisons}
    faults: list[Fault] = []
    for one in comparisons:
        contract = one.contract
        table = SourceTable(session, "", (), contract.name.zh)
        findings = Findings(table, contract, {})
        find_conflicts(one, relations[contract.id], findings)
        for other, reference in referring_to(contract.id):
            if stored.has(other.id) and may_leave_behind(one, reference):
                others = afters.get(other.id) or stored.rows(other.id)
                find_left_behind(one, afters[contract.id], (other, reference), others, findings)
        faults += findings.window(ROWS_NAMED)
    if faults:
        raise TableFaults(faults)

"""One look at a file: read it, compare it with what is stored, find what it would break.

The same look serves the preview, the applying and the command line; nothing is written here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from junheng.apps.foundation import scoping
from junheng.apps.intake.opening import open_datasets
from junheng.apps.jobs.api import progress
from junheng.apps.registry import targets
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.compare import compare
from junheng.engine.contracts.conflicts import (
    after,
    check_place,
    find_conflicts,
    find_left_behind,
    may_leave_behind,
    prepare_stored,
    referring_to,
)
from junheng.engine.contracts.placing import SCHOOLS, datasets_to_school
from junheng.engine.contracts.reading import mark_sound, read_dataset
from junheng.engine.contracts.references import check_references
from junheng.engine.store.session import Session
from junheng.errors import TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from junheng.apps.registry.api import Bureau
    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.differences import Comparison
    from junheng.engine.contracts.findings import FieldFault
    from junheng.engine.contracts.reading import Checked
    from junheng.errors import Fault

FAULTS_KEPT = 500
CONFLICTS_KEPT = 200


@dataclass(frozen=True)
class Aim:
    """Where the rows of a file go: a bureau and school year, perhaps some schools alone.

    `schools`: identifiers of the schools whose rows the file may change; None: all.
    """

    bureau: Bureau
    school_year: int
    schools: frozenset[str] | None = None
    is_whole: bool = False

    @property
    def place(self) -> targets.Place:
        """Where the rows are read and written."""
        return targets.Place(self.bureau.pk, self.school_year, self.schools)

    @property
    def context(self) -> Context:
        """What decides whether a value can be right."""
        bureau = self.bureau
        return Context(self.school_year, bureau.is_simulated, bureau.code)


@dataclass(frozen=True)
class Part:
    """One dataset of a file: as read, and against what is stored. `n_stored` rows may change."""

    contract: Contract
    checked: Checked
    comparison: Comparison
    stored: str
    n_stored: int

    @property
    def n_rejected(self) -> int:
        """Number of rows with a fault."""
        return self.checked.n_rows - self.checked.n_sound


@dataclass(frozen=True)
class Examined:
    """What a look at a file found, as long as its session is open.

    `unread` are the faults that kept the file from being read at all; then there are no parts.
    """

    parts: tuple[Part, ...] = ()
    unread: tuple[Fault, ...] = ()

    @property
    def n_faults(self) -> int:
        """Number of all faults."""
        return len(self.unread) + sum(part.checked.n_faults for part in self.parts)

    @property
    def n_changes(self) -> int:
        """Number of rows that would be written."""
        return sum(part.comparison.n_changes for part in self.parts)

    @property
    def n_conflicts(self) -> int:
        """Number of those faults that are conflicts with stored rows."""
        return sum(part.checked.findings.count(conflicts=True) for part in self.parts)

    def faults(self, limit: int = FAULTS_KEPT) -> tuple[Fault, ...]:
        """Return the first faults that are no conflicts, dataset by dataset."""
        return (*self.unread, *self._listed(limit - len(self.unread), conflicts=False))

    def conflicts(self, limit: int = CONFLICTS_KEPT) -> tuple[FieldFault, ...]:
        """Return the first conflicts with stored rows, dataset by dataset."""
        return tuple(self._listed(limit, conflicts=True))

    def _listed(self, limit: int, *, conflicts: bool) -> list[FieldFault]:
        found: list[FieldFault] = []
        for part in self.parts:
            left = max(limit - len(found), 0)
            found += part.checked.findings.window(left, conflicts=conflicts)
        return found

    def digest(self) -> str:
        """Return the SHA-256 that tells this outcome from every other."""
        told = [f"{part.contract.id}:{part.comparison.digest()}" for part in self.parts]
        return sha256("\n".join(told).encode()).hexdigest()


@contextmanager
def examined(aim: Aim, path: Path, name: str, *, wanted: Collection[str]) -> Iterator[Examined]:
    """Look at a file or folder; the session of what was found is open inside the block.

    `wanted`: ids of the datasets in it; none: the file tells. Rows are compared with those of the
    whole bureau, whatever the reader sees of them.
    """
    with (
        scoping.everything(reason="an import is checked against the whole bureau"),
        Session() as session,
    ):
        progress(0.05, say("Reading the file ..."))
        try:
            opened = open_datasets(session, path, name, wanted=wanted, context=aim.context)
        except TableFaults as error:
            yield Examined(unread=error.faults)
            return
        checked = [read_dataset(one.table, one.contract, context=aim.context) for one in opened]
        yield _compared(aim, session, checked)


@contextmanager
def compared(aim: Aim, read: Callable[[Session], Sequence[Checked]]) -> Iterator[Examined]:
    """Like `examined`, for datasets that `read` brings checked into the session."""
    with (
        scoping.everything(reason="an import is checked against the whole bureau"),
        Session() as session,
    ):
        yield _compared(aim, session, read(session))


def _compared(aim: Aim, session: Session, checked: Sequence[Checked]) -> Examined:
    progress(0.2, say("Comparing with what is stored ..."))
    return Examined(_Examining(aim, session, checked).parts())


class Stored:
    """Stored rows of datasets by name, each loaded when it is first asked for."""

    def __init__(self, session: Session, aim: Aim) -> None:
        self.session = session
        self.place = targets.Place(aim.bureau.pk, aim.school_year)
        self._known = {target.contract.id: target for target in targets.all_targets()}
        self._loaded: dict[str, str] = {}

    def has(self, dataset: str) -> bool:
        """Whether the dataset is stored at all."""
        return dataset in self._known

    def rows(self, dataset: str) -> str:
        """Return the relation of the rows of the whole bureau."""
        if dataset not in self._loaded:
            relation = f"{dataset}_loaded"
            self._known[dataset].load(self.session, relation, self.place)
            self._loaded[dataset] = relation
        return self._loaded[dataset]

    def count(self, relation: str) -> int:
        """Return the number of rows of `<dataset>_stored` that may change."""
        rows = self.session.rows(f"SELECT count(*) FROM {relation} WHERE is_here")
        return int(str(rows[0][0]))


class _Examining:
    """The steps of one look, over all datasets of a file together."""

    def __init__(self, aim: Aim, session: Session, checked: Sequence[Checked]) -> None:
        self.aim = aim
        self.session = session
        self.checked = checked
        self.stored = Stored(session, aim)
        self.afters: dict[str, str] = {}

    def parts(self) -> tuple[Part, ...]:
        parts = tuple(self._part(one) for one in self.checked)
        self.afters = {p.contract.id: after(p.comparison, p.stored) for p in parts}
        named = {r.dataset for one in self.checked for r in one.contract.references}
        known = {d: self._after(d) for d in named if self._after(d)}
        check_references(self.checked, known=known)
        for part in parts:
            self._find_conflicts(part)
        return parts

    def _part(self, one: Checked) -> Part:
        contract = one.contract
        loaded = self.stored.rows(contract.id)
        schools = self.aim.schools
        ways = (*datasets_to_school(contract), SCHOOLS) if schools is not None else ()
        relations = {d: self.stored.rows(d) for d in ways}
        relation = prepare_stored(self.session, contract, loaded, relations, schools)
        comparison = compare(
            self.session,
            contract,
            relation,
            one.relation,
            is_whole=self.aim.is_whole,
            told=one.columns.keys(),
            ended_before=self.aim.context.first_day,
        )
        return Part(contract, one, comparison, relation, self.stored.count(relation))

    def _after(self, dataset: str) -> str:
        """Return the rows of a dataset as they would be; blank for one that is not stored."""
        if dataset in self.afters:
            return self.afters[dataset]
        return self.stored.rows(dataset) if self.stored.has(dataset) else ""

    def _find_conflicts(self, part: Part) -> None:
        findings = part.checked.findings
        if self.aim.schools is not None:
            ways = {d: self._after(d) for d in datasets_to_school(part.contract)}
            check_place(part.contract, part.checked.relation, ways, self.aim.schools, findings)
        find_conflicts(part.comparison, part.stored, findings)
        for contract, reference in referring_to(part.contract.id):
            if self.stored.has(contract.id) and may_leave_behind(part.comparison, reference):
                remaining, others = self.afters[part.contract.id], self._after(contract.id)
                other = (contract, reference)
                find_left_behind(part.comparison, remaining, other, others, findings)
        mark_sound(part.checked.relation, findings)

"""What goes between stored facts and the rows of contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from junheng.engine.contracts import Contract
    from junheng.engine.store.session import Session

Row = Mapping[str, str | None]
"""Id of the contract's field -> canonical text; None is blank."""

Key = tuple[str, ...]
"""Values of `contract.key`, in that order."""


@dataclass(frozen=True)
class Place:
    """Where rows are stored.

    `school_year` is the year in which the school year begins. `schools` are the identifiers of the
    schools whose rows may be read and written; None is the whole bureau. `in_force_on`: leave out
    what hangs on schools that are none on that day; None: all rows.
    """

    bureau_id: int
    school_year: int
    schools: frozenset[str] | None = None
    in_force_on: date | None = None


@dataclass(frozen=True)
class RowChange:
    """One row before (None: it is new) and after (None: it goes)."""

    key: Key
    old: Row | None
    new: Row | None


class Target(Protocol):
    """Reads stored facts as rows of one contract, and writes changes of such rows."""

    @property
    def contract(self) -> Contract:
        """The contract whose rows it reads and writes."""

    def load(self, session: Session, relation: str, place: Place) -> int:
        """Make `relation` with one VARCHAR column a field, in the contract's order.

        Returns the number of rows. Constant number of queries. NotAllowed when the scope in force
        does not reach the place.
        """

    def write(
        self, place: Place, changes: Sequence[RowChange], *, by: int | None, why: str, batch: UUID
    ) -> None:
        """Write changes and their journal, in the caller's transaction.

        Removes before it closes and closes before it adds. DataError where a row names what is not
        there or an invariant of the database would break; NotAllowed for rows of other schools.
        """

    def key_text(self, place: Place, key: Key) -> str:
        """Return the key under which the journal knows a row."""

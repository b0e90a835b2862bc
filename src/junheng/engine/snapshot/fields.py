"""Which fields of a dataset go into a snapshot, as its contract's sensitivity tells.

L4 never; L3 only what a figure is computed from; names, identity numbers and register numbers of
people never, whatever their level. Ids of people go in as pseudonyms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Reason = Literal["sensitive", "not_needed", "names_a_person"]
"""Why a field stays out: L4; L3 and no figure uses it; a name or number that tells who it is."""

NEVER, ONLY_IF_USED = "L4", "L3"
NUMBERS_OF_PEOPLE = frozenset({"identity_number", "register_number"})
NAME_OF_A_PERSON = "XM"
"""The national data standards' field for the name of a person."""


class FieldLike(Protocol):
    """What is asked of a contract's field."""

    @property
    def id(self) -> str:
        """Name of the column."""

    @property
    def kind(self) -> str:
        """What its values are: text, date, identity_number ..."""

    @property
    def sensitivity(self) -> str:
        """L1 to L4."""

    @property
    def national_code(self) -> str:
        """Name in the national data standards, or empty."""

    @property
    def used_by(self) -> tuple[str, ...]:
        """Figures computed from it."""


class ReferenceLike(Protocol):
    """What is asked of a contract's reference."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The first one names the row referred to."""

    @property
    def dataset(self) -> str:
        """The dataset referred to."""


class ContractLike(Protocol):
    """What is asked of a dataset's contract; `engine.contracts` has them."""

    @property
    def id(self) -> str:
        """Name of the dataset."""

    @property
    def version(self) -> str:
        """Version of the contract."""

    @property
    def digest(self) -> str:
        """SHA-256 of the contract's file and code lists."""

    @property
    def key(self) -> tuple[str, ...]:
        """Fields that tell one row from every other."""

    @property
    def fields(self) -> Sequence[FieldLike]:
        """All fields in order."""

    @property
    def references(self) -> Sequence[ReferenceLike]:
        """Where values of fields come from."""


@dataclass(frozen=True)
class Chosen:
    """A dataset as it goes into a snapshot.

    `people_of` names, for each kept field that holds ids of people, the dataset of those people.
    """

    contract: ContractLike
    kept: tuple[str, ...]
    people_of: Mapping[str, str]
    left_out: Mapping[str, Reason]


def choose(contracts: Iterable[ContractLike]) -> dict[str, Chosen]:
    """Return what goes in of each dataset, by its name."""
    known = list(contracts)
    # Whoever has an identity number is a person; the first field of the key is the person's id.
    people = {c.id: c.key[0] for c in known if any(f.kind in NUMBERS_OF_PEOPLE for f in c.fields)}
    return {contract.id: _chosen(contract, people) for contract in known}


def _chosen(contract: ContractLike, people: Mapping[str, str]) -> Chosen:
    reasons = {field.id: reason_to_leave_out(field) for field in contract.fields}
    people_of = {r.fields[0]: r.dataset for r in contract.references if r.dataset in people}
    if contract.id in people:
        people_of[people[contract.id]] = contract.id
    return Chosen(
        contract=contract,
        kept=tuple(field for field, reason in reasons.items() if reason is None),
        people_of=people_of,
        left_out={field: reason for field, reason in reasons.items() if reason is not None},
    )


def reason_to_leave_out(field: FieldLike) -> Reason | None:
    """Return why a field stays out of a snapshot; None when it goes in."""
    if field.kind in NUMBERS_OF_PEOPLE or field.national_code == NAME_OF_A_PERSON:
        return "names_a_person"
    if field.sensitivity == NEVER:
        return "sensitive"
    if field.sensitivity == ONLY_IF_USED and not field.used_by:
        return "not_needed"
    return None

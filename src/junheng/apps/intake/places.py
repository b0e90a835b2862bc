"""Where a reader may import: at the bureau, or for one school, and which datasets there."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.foundation.masking import PERSONAL, SECRET
from junheng.apps.intake.policies import bureau_datasets, school_datasets
from junheng.apps.registry.api import (
    Bureau,
    Place,
    School,
    all_targets,
    bureaus_visible_to,
    schools_visible_to,
    target,
)
from junheng.engine import contracts
from junheng.engine.contracts.template import write_template
from junheng.engine.store.session import Session
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from junheng.apps.accounts.api import Reader
    from junheng.engine.contracts import Contract
    from junheng.engine.store.watermark import Watermark

EVERYTHING = "all"
"""In place of a dataset: whatever the sheets of a workbook are named after."""


@dataclass(frozen=True)
class Where:
    """One place of a reader: a bureau, or one school of it, with what may be imported there."""

    bureau: Bureau
    school: School | None
    datasets: tuple[Contract, ...]

    @property
    def key(self) -> str:
        """What names the place in an address."""
        return f"school-{self.school.pk}" if self.school else f"bureau-{self.bureau.pk}"

    @property
    def name(self) -> str:
        """The name of the school, or of the bureau."""
        return self.school.name if self.school else self.bureau.name

    @property
    def allowed(self) -> frozenset[str]:
        """The ids of the datasets that may be imported here."""
        return frozenset(c.id for c in self.datasets)

    def has(self, dataset: str) -> bool:
        """Whether a dataset, or the several of one workbook, may be imported here."""
        return dataset == EVERYTHING or dataset in self.allowed

    def chosen(self, dataset: str) -> tuple[Contract, ...]:
        """Return the datasets meant by an id."""
        return tuple(c for c in self.datasets if dataset in (EVERYTHING, c.id))

    def place(self, first_year: int) -> Place:
        """Return where the rows of a school year are read and written."""
        schools = None if self.school is None else frozenset({self.school.identifier})
        return Place(self.bureau.pk, first_year, schools)


def places_of(reader: Reader) -> tuple[Where, ...]:
    """Return the places at which the reader may import anything: bureaus first."""
    held = dict.fromkeys((post.home_id, post.school_id) for post in reader.posts)
    bureaus = bureaus_visible_to(reader).in_bulk({bureau for bureau, _ in held})
    schools = schools_visible_to(reader).in_bulk({school for _, school in held if school})
    found = []
    for bureau_id, school_id in sorted(held, key=lambda one: (one[1] or 0, one[0])):
        if school_id is None:
            allowed = bureau_datasets(reader, bureau_id)
        else:
            allowed = school_datasets(reader, bureau_id, school_id)
        if datasets := _kept(allowed):
            school = schools[school_id] if school_id else None
            found.append(Where(bureaus[bureau_id], school, datasets))
    return tuple(found)


def _kept(allowed: Collection[str]) -> tuple[Contract, ...]:
    """Return the datasets that are kept row by row, each after those that it refers to."""
    kept = {one.contract.id for one in all_targets()} & set(allowed)
    return tuple(c for c in contracts.contracts() if c.id in kept)


def place_of(reader: Reader, *, bureau_id: int, school_id: int | None, dataset: str) -> Where:
    """Return the place of a reader at which a dataset may be imported; NotFound for any other."""
    for where in places_of(reader):
        school = where.school.pk if where.school else None
        if (where.bureau.pk, school) == (bureau_id, school_id) and where.has(dataset):
            return where
    raise NotFound(say("There is nothing to import here, or it is not yours to import."))


Known = Mapping[str, list[list[str | None]]]
"""Stored rows by dataset: canonical values in the contract's order."""


def tells_of_people(contract: Contract) -> bool:
    """Whether rows of a dataset tell of single persons."""
    return any(field.sensitivity in {PERSONAL, SECRET} for field in contract.fields)


def known_rows(where: Where, dataset: str, *, first_year: int, with_people: bool) -> Known:
    """Return the rows that are stored for a place already, those of people where asked for."""
    chosen = (c for c in where.chosen(dataset) if with_people or not tells_of_people(c))
    with Session() as session:
        return {c.id: _rows(session, c, where.place(first_year)) for c in chosen}


def n_people(known: Known) -> int:
    """Return how many of the rows tell of persons."""
    of_people = (d for d in known if tells_of_people(contracts.contract(d)))
    return sum(len(known[dataset]) for dataset in of_people)


def filled_template(
    where: Where,
    dataset: str,
    known: Known,
    *,
    first_year: int,
    language: str,
    watermark: Watermark | None = None,
) -> bytes:
    """Return the workbook to fill in, with the rows that are known already.

    The caller knows that the reader may import there and why people stand in it by name and
    number; `watermark` says so in the workbook.
    """
    chosen = where.chosen(dataset)
    with tempfile.TemporaryDirectory(prefix="junheng-template-") as folder:
        path = Path(folder) / "template.xlsx"
        write_template(
            path,
            chosen,
            school_year=first_year,
            language=language,
            county_code=where.bureau.code,
            filled=known,
            watermark=watermark,
        )
        return path.read_bytes()


def _rows(session: Session, contract: Contract, place: Place) -> list[list[str | None]]:
    """Return the stored rows of a place in order of their keys."""
    relation = f"{contract.id}_known"
    target(contract.id).load(session, relation, place)
    rows = session.rows(f"SELECT * FROM {relation} ORDER BY {', '.join(contract.key)}")
    return [[None if value is None else str(value) for value in row] for row in rows]

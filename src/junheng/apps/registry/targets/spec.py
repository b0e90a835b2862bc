"""The description of a target: which column of which table holds each field of a contract.

A row of a contract is one row of a *main* table (an enrolment), which may hang on rows that it
shares with others (a pupil, and above that a person). Fields may name rows of further tables by
their number (the class).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from django.db.models import Model

    from junheng.apps.registry.targets.records import Place, Row
    from junheng.engine.contracts import Contract


@dataclass(frozen=True)
class Link:
    """A field that names a row of `model` by its number in `code`; `column` holds the row's id."""

    field: str
    column: str
    model: type[Model]
    code: str = "code"


@dataclass(frozen=True)
class Part:
    """One table of a target.

    `columns`: field of the contract to column. `up`: the column that leads to the part above.
    `number`: the field and column by which rows of this part are known, on parts that rows share.
    `made_with`: further columns of a new row, from the first contract row that needs it.
    """

    model: type[Model]
    columns: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    up: str = ""
    number: tuple[str, str] | None = None
    made_with: Callable[[Row], Mapping[str, Any]] | None = None

    @property
    def table(self) -> str:
        """Name of the table in the database."""
        return self.model._meta.db_table

    def column(self, name: str) -> Any:
        """Return the model's field that keeps a column."""
        return next(f for f in self.model._meta.concrete_fields if f.attname == name)


@dataclass(frozen=True)
class Spec:
    """How the rows of one dataset are stored.

    `main` has one row a contract row, `shared` what hangs above it, nearest first. `is_yearly`
    says that the rows of each school year are kept apart. `school_field` is the field that tells
    whose row it is, and `within` the SQL condition that its school is among {schools}; both blank
    where rows belong to no school. `bare`: columns by which a row without number, made elsewhere,
    is taken over. `ends_with_school`: its rows count no longer once their school does not.
    `after` runs behind a write with the ids of the shared rows it touched.
    """

    dataset: str
    main: Part
    shared: tuple[Part, ...] = ()
    is_yearly: bool = False
    school_field: str = ""
    within: str = ""
    bare: tuple[str, ...] = ()
    ends_with_school: bool = False
    after: Callable[[Place, Collection[int]], None] | None = None

    @property
    def contract(self) -> Contract:
        """The contract of the dataset."""
        return contracts.contract(self.dataset)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Main part and shared parts, in the order in which one leads to the next."""
        return (self.main, *self.shared)

    def shared_fields(self) -> tuple[str, ...]:
        """Return the fields that all rows of one owner have in common, its number left out."""
        return tuple(
            name
            for part in self.shared
            for name in (*part.columns, *(link.field for link in part.links))
        )

    def sources(self, first: int = 0) -> Iterator[tuple[str, str, Any]]:
        """Yield each field stored in part `first` or above, with SQL column and model's field."""
        seen = set()
        for ix, part in list(enumerate(self.parts))[first:]:
            named = [*part.columns.items(), *([part.number] if part.number else [])]
            found = [(name, f"t{ix}.{column}", part.column(column)) for name, column in named]
            for link in part.links:
                kept = next(f for f in link.model._meta.concrete_fields if f.attname == link.code)
                found.append((link.field, f"{alias(ix, link)}.{link.code}", kept))
            for source in found:
                if source[0] not in seen:
                    seen.add(source[0])
                    yield source


def alias(ix: int, link: Link) -> str:
    """Return the name in SQL of the table that a link of part `ix` leads to."""
    return f"k{ix}_{link.field}"

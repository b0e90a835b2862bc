"""Mappings of other systems' exports to datasets: which column of theirs is which field of ours.

The exports of the national systems are not published as a format; the mappings that come with the
product say so row by row, and an officer can put right a moved or renamed column without a
programmer: `suggest` tells what fits a file, `with_columns` takes the corrections.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from junheng.engine.store.grid import folded
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from junheng.engine.standard.ruleset import Confirmation, Text

Parse = Literal["text", "day", "entry_year", "stage_letter", "class_number"]
PARSES: tuple[Parse, ...] = ("text", "day", "entry_year", "stage_letter", "class_number")
"""How a cell is read: as it is; a day or the first of a month; the year in which a grade entered
its stage; the letter of the stage of a grade (P, J, S); the number of a class, with two digits."""


@dataclass(frozen=True)
class SourceColumn:
    """One column of the export.

    `to` is a field of the contract, or a part of which derived fields are made. `headers` are its
    names, the likeliest first. `values` says what texts mean, `missing` which stand for a blank;
    a number is multiplied by `factor`. Without `is_optional` its absence is a fault. `row` names
    the kind of row it belongs to, "" for all.
    """

    to: str
    headers: tuple[str, ...]
    confirmation: Confirmation
    parse: Parse = "text"
    values: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    factor: Decimal | None = None
    is_optional: bool = False
    row: str = ""

    @property
    def key(self) -> str:
        """What names the column among all of a mapping."""
        return f"{self.row}.{self.to}" if self.row else self.to

    @property
    def is_plain(self) -> bool:
        """Whether cells are taken as they are."""
        return self.parse == "text" and not (self.values or self.missing or self.factor)


@dataclass(frozen=True)
class Derived:
    """A field made of columns: `join` is a text with their names in braces.

    With `is_pseudonym` what it gives is replaced by a keyed hash with `prefix` before it, so that
    an internal number does not tell the identity number it was made from.
    """

    field: str
    join: str
    confirmation: Confirmation
    is_pseudonym: bool = False
    prefix: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the columns that it is made of."""
        return tuple(name for _, name, _, _ in string.Formatter().parse(self.join) if name)


@dataclass(frozen=True)
class RowKind:
    """One of several rows that each row of the export becomes, with values that it always has."""

    id: str
    constants: Mapping[str, str]


@dataclass(frozen=True)
class Suggestion:
    """How far a mapping fits the headers of a file.

    `matched` gives the header found for a column's key; `missing` are keys without one, optional
    columns too; `unknown` are headers that nothing takes. `near` proposes unknown headers that
    look like missing ones: for a person to confirm, never used unasked.
    """

    matched: Mapping[str, str]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    near: Mapping[str, str]


@dataclass(frozen=True)
class RegisterMapping:
    """How the export of one system becomes rows of one dataset.

    `confirmation` tells how far the layout is known; `ignored` are columns that nobody needs here.
    `rows` is empty where each row of the export is one row of the dataset. `digest` is the SHA-256
    of its text.
    """

    id: str
    dataset: str
    name: Text
    system: Text
    note: Text
    confirmation: Confirmation
    columns: tuple[SourceColumn, ...]
    derived: tuple[Derived, ...] = ()
    rows: tuple[RowKind, ...] = ()
    ignored: tuple[str, ...] = ()
    digest: str = ""

    @property
    def header_names(self) -> tuple[str, ...]:
        """Every header it knows, to find the row of headers by."""
        return (*(name for column in self.columns for name in column.headers), *self.ignored)

    def column(self, key: str) -> SourceColumn:
        """Return one column; `DataError` when there is none of that key."""
        for column in self.columns:
            if column.key == key:
                return column
        raise DataError(
            say(
                "The mapping “{mapping}” has no column “{key}”. It has: {keys}.",
                mapping=self.id,
                key=key,
                keys=", ".join(column.key for column in self.columns),
            )
        )

    def suggest(self, headers: Sequence[str]) -> Suggestion:
        """Return which columns are found among the headers of a file."""
        by_name: dict[str, str] = {}
        for header in headers:
            by_name.setdefault(folded(header), header)
        matched = {}
        for column in self.columns:
            found = [name for name in map(folded, column.headers) if name in by_name]
            if found:
                matched[column.key] = by_name[found[0]]
        taken = {folded(name) for name in (*matched.values(), *self.ignored)}
        unknown = tuple(header for header in headers if folded(header) not in taken)
        missing = tuple(column.key for column in self.columns if column.key not in matched)
        return Suggestion(matched, missing, unknown, self._near(missing, unknown))

    def with_columns(self, headers: Mapping[str, str]) -> RegisterMapping:
        """Return the mapping with other headers for some columns, by their keys.

        Raises
        ------
        DataError
            A key that the mapping does not have, or a blank header.
        """
        for key, header in headers.items():
            self.column(key)
            if not header.strip():
                raise DataError(say("The column “{key}” needs a header.", key=key))
        changed = tuple(
            replace(column, headers=_first(headers[column.key].strip(), column.headers))
            if column.key in headers
            else column
            for column in self.columns
        )
        given = set(map(folded, headers.values()))
        ignored = tuple(name for name in self.ignored if folded(name) not in given)
        return replace(self, columns=changed, ignored=ignored, digest="")

    def _near(self, missing: Sequence[str], unknown: Sequence[str]) -> dict[str, str]:
        from difflib import get_close_matches

        near = {}
        for key in missing:
            for name in self.column(key).headers:
                if found := get_close_matches(name, unknown, n=1, cutoff=0.5):
                    near[key] = found[0]
                    break
        return near


def _first(header: str, others: Sequence[str]) -> tuple[str, ...]:
    return (header, *(name for name in others if folded(name) != folded(header)))

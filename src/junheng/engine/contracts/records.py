"""The typed form of a contract: what a dataset holds, what each field means and who may need it.

A contract is written once, in TOML under `junheng/rules/contracts`, and read by `catalogue`. The
template, the reader with its messages, the exporter and the dictionary page all come from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from junheng.engine.standard.ruleset import Confirmation, Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

FieldKind = Literal[
    "text",
    "code",
    "whole",
    "decimal",
    "date",
    "month",
    "boolean",
    "identity_number",
    "register_number",
    "school_id",
]
FIELD_KINDS: tuple[FieldKind, ...] = (
    "text",
    "code",
    "whole",
    "decimal",
    "date",
    "month",
    "boolean",
    "identity_number",
    "register_number",
    "school_id",
)

Sensitivity = Literal["L1", "L2", "L3", "L4"]
"""L1 public; L2 internal; L3 tells of one person; L4 sensitive, kept encrypted."""
SENSITIVITIES: tuple[Sensitivity, ...] = ("L1", "L2", "L3", "L4")

NO_TEXT = Text("", "")


@dataclass(frozen=True)
class CodeValue:
    """One value of a code list. `synonyms` are further words under which it is accepted."""

    code: str
    name: Text
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A list of codes. `standard` is the national standard it belongs to, or "junheng"."""

    id: str
    name: Text
    standard: str
    confirmation: Confirmation
    values: tuple[CodeValue, ...]
    note: Text = NO_TEXT

    def name_of(self, code: str, language: str) -> str:
        """Return the label of a code; KeyError when the list has no such code."""
        return self._by_code[code].name.of(language)

    @property
    def _by_code(self) -> Mapping[str, CodeValue]:
        return {value.code: value for value in self.values}


@dataclass(frozen=True)
class Purpose:
    """Why a field is collected, on which legal basis, how long it is kept, who may see it."""

    id: str
    name: Text
    basis: Text
    retention: Text
    audience: Text


@dataclass(frozen=True)
class Field:
    """One column of a dataset.

    `national_code` is the field's name in the national data standards (XXDM). `at_least` and
    `at_most` bound a number, both ends included. `pattern` is a regular expression for the whole
    of a text. `kind_field` names the field that says which kind of document an identity number
    is of. `used_by` names the figures that cannot be computed without the field. `sample` is the
    canonical value in the sample row of the template.
    """

    id: str
    header: Text
    kind: FieldKind
    purpose: Purpose
    sensitivity: Sensitivity
    is_required: bool = False
    code_list: CodeList | None = None
    kind_field: str = ""
    national_code: str = ""
    synonyms: tuple[str, ...] = ()
    at_least: Fraction | None = None
    at_most: Fraction | None = None
    pattern: str = ""
    used_by: tuple[str, ...] = ()
    note: Text = NO_TEXT
    sample: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every header under which the column is accepted, the Chinese one first."""
        names = (self.header.zh, self.header.en, self.id, self.national_code, *self.synonyms)
        return tuple(name for name in dict.fromkeys(names) if name)


# --- checks between the fields of a dataset -------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """The day in `later` is not before the day in `earlier`; a blank agrees with everything."""

    earlier: str
    later: str

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.earlier, self.later)


@dataclass(frozen=True)
class TouchesYear:
    """The time from `earlier` to `later` (blank: still) reaches into the school year.

    What ended in the year before may still be listed. Without `later` rows may tell of any time
    past, as registers of pupils and personnel files do.
    """

    earlier: str
    later: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.earlier, self.later) if self.later else (self.earlier,)


@dataclass(frozen=True)
class Age:
    """The age in whole years on the first day of the school year lies between two bounds."""

    field: str
    at_least: int
    at_most: int

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.field,)


@dataclass(frozen=True)
class RequiredWhen:
    """`field` is filled where every field of `when` has one of the values named."""

    field: str
    when: Mapping[str, tuple[str, ...]]

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.field, *self.when)


@dataclass(frozen=True)
class Differs:
    """Two fields do not hold the same value."""

    field: str
    other: str

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.field, self.other)


@dataclass(frozen=True)
class Unique:
    """No two rows agree in all these fields; rows with a blank among them are left out."""

    fields: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return self.fields


@dataclass(frozen=True)
class IdentityAgrees:
    """The birth date and sex that an identity card's number tells are those of the row."""

    field: str
    birth_date: str
    sex: str
    kind_field: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return tuple(filter(None, (self.field, self.birth_date, self.sex, self.kind_field)))


@dataclass(frozen=True)
class OneOwner:
    """A value belongs to one person: no two owners have it."""

    field: str
    owner: str

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.field, self.owner)


@dataclass(frozen=True)
class OneValue:
    """All rows of an owner agree in each of these fields."""

    owner: str
    fields: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (self.owner, *self.fields)


@dataclass(frozen=True)
class NoOverlap:
    """Rows that agree in `same` have no day in common.

    `only` leaves out the rows that do not have one of the values named.
    """

    same: tuple[str, ...]
    earlier: str
    later: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the check looks at."""
        return (*self.same, self.earlier, self.later, *self.only)


RowCheck = (
    Order
    | TouchesYear
    | Age
    | RequiredWhen
    | Differs
    | Unique
    | IdentityAgrees
    | OneOwner
    | OneValue
    | NoOverlap
)


@dataclass(frozen=True)
class Reference:
    """The values of `fields` stand together in one row of `dataset`, there under the names `to`.

    With several fields the first one names the row and the rest must agree with it.
    """

    fields: tuple[str, ...]
    dataset: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Succession:
    """A later row of the same person ends the earlier open one the day before it begins.

    Rows are of one person when they agree in `same`. `earlier` and `later` name the first and the
    last day of a row. `only` leaves out the rows that do not have one of the values named.
    """

    same: tuple[str, ...]
    earlier: str
    later: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the fields that the rule looks at."""
        return (*self.same, self.earlier, self.later, *self.only)


@dataclass(frozen=True)
class Contract:
    """One dataset: its fields, checks, owner and place in the catalogue.

    `domain` is the number of the data domain (1 to 14), `owner` the section of the bureau that
    answers for it, both codes of the lists `data_domain` and `bureau_section`. `key` names the
    fields that together tell one row from every other. `digest` is the SHA-256 of the contract's
    file and of every code list it uses.
    """

    id: str
    version: str
    name: Text
    domain: int
    owner: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    checks: tuple[RowCheck, ...] = ()
    references: tuple[Reference, ...] = ()
    succession: Succession | None = None
    note: Text = NO_TEXT
    digest: str = ""

    def field(self, field_id: str) -> Field:
        """Return one field; KeyError when there is none of that id."""
        return {f.id: f for f in self.fields}[field_id]

"""Foreign tables: what a mapping file says, in types, and how it turns a table into unit rows.

A mapping names the columns of a table that knows nothing of the standard, says how its numbers
are read and what stands for missing, and declares measures. Every figure is computed exactly in
decimals; nothing is repaired. What looks wrong is for `engine.quality` to find.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from typing import TYPE_CHECKING, Literal

from junheng.engine.store.csv_reader import load_rows
from junheng.engine.store.faults import raise_any
from junheng.engine.store.numbers import is_damaged_identifier, is_decimal, narrow
from junheng.engine.store.source import SourceTable
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from junheng.engine.store.session import Session
    from junheng.i18n import Message

Stage = Literal["primary", "junior"]
STAGES: tuple[Stage, ...] = ("primary", "junior")
Parse = Literal["strict", "first_number"]
PARSES: tuple[Parse, ...] = ("strict", "first_number")

UNIT_HEADERS = (
    "unit_id",
    "school_id",
    "school_name",
    "county_code",
    "stage",
    "kind",
    "pupils",
)

_FIRST_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_COMMAS = str.maketrans("", "", ",，")
_EXACT = Context(prec=200, traps=[Inexact])


@dataclass(frozen=True)
class Label:
    """A name in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Quantity:
    """A figure made of columns: (sum of `plus` less sum of `minus`) x `factor`.

    It is missing when any of its cells is. `strict` wants a plain decimal; `first_number` takes
    the first number in the text after commas are removed, and none means missing.
    """

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    parse: Parse = "strict"
    factor: Decimal = Decimal(1)
    missing: frozenset[str] = frozenset()
    zero_is_missing: bool = False


@dataclass(frozen=True)
class UnitPattern:
    """One unit row to be made from each source row.

    The stage is a constant, or looked up in `stage_map` by the text in `stage_column`.
    """

    stage: Stage | None
    stage_column: str
    stage_map: Mapping[str, Stage]
    pupils: Quantity
    facts: Mapping[str, Quantity]


@dataclass(frozen=True)
class FactLabel:
    """A raw figure of the mapped table; `is_whole` when it counts persons or things."""

    id: str
    name: Label
    unit: Label
    is_whole: bool


@dataclass(frozen=True)
class Measure:
    """`per` x (weighted sum of facts) / pupils.

    `proxy_for` names the indicator of the standard that it stands in for, or is empty. No
    threshold of the standard holds for it.
    """

    id: str
    name: Label
    unit: Label
    per: int
    terms: tuple[tuple[str, int], ...]
    proxy_for: str = ""


@dataclass(frozen=True)
class CountyRule:
    """The column that tells the county, renamed by `map`; `blank` names rows without one.

    `whole` is the name of everything together. Without a column all rows are one county.
    """

    whole: str
    column: str = ""
    map: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""


@dataclass(frozen=True)
class TableMapping:
    """A mapping file.

    `is_per_school` says that a unit is a whole school with all its stages; its stage is then only
    the one under which it is listed. `keep` holds, by column, the texts that a row must have.
    `digest` is the SHA-256 of the file.
    """

    id: str
    name: Label
    document: str
    note: Label | None
    is_per_school: bool
    id_column: str
    name_column: str
    county: CountyRule
    keep: Mapping[str, frozenset[str]]
    units: tuple[UnitPattern, ...]
    facts: tuple[FactLabel, ...]
    measures: tuple[Measure, ...]
    digest: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every source column that is read, each once, in a fixed order."""
        names = [self.id_column, self.name_column, self.county.column, *self.keep]
        for unit in self.units:
            names.append(unit.stage_column)
            for quantity in (unit.pupils, *unit.facts.values()):
                names += [*quantity.plus, *quantity.minus]
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True)
class MappedTable:
    """A foreign table as unit rows.

    `table` has the headers of `UNIT_HEADERS` and one for each fact; numbers are plain decimals,
    `county_code` holds the county's name as text, `row_no` the row of the source.
    """

    table: SourceTable
    mapping: TableMapping
    n_rows_left_out: int
    n_units_without_pupils: int

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that the mapping declares."""
        return self.mapping.measures


@dataclass(frozen=True)
class _Unit:
    row_no: int
    texts: tuple[str, ...]
    pupils: Decimal
    facts: tuple[Decimal | None, ...]


class _Reader:
    """Turns source rows into units and gathers the faults and counts on the way."""

    def __init__(self, table: SourceTable, mapping: TableMapping, *, whole_as_one: bool) -> None:
        self.table = table
        self.mapping = mapping
        self.whole_as_one = whole_as_one or not mapping.county.column
        self.faults: list[Fault] = []
        self.counts: Counter[str] = Counter()

    def units(self) -> Iterator[_Unit]:
        """Yield the units of all rows, in the order of the source."""
        places = {name: self.table.headers.index(name) for name in self.mapping.columns}
        chosen = ", ".join(f"c{place}" for place in places.values())
        rows = self.table.session.rows(
            f"SELECT row_no, {chosen} FROM {self.table.relation} ORDER BY row_no"
        )
        for row_no, *cells in rows:
            texts = ["" if cell is None else str(cell) for cell in cells]
            yield from self._units_of(int(str(row_no)), dict(zip(places, texts, strict=True)))

    def _units_of(self, row_no: int, row: dict[str, str]) -> Iterator[_Unit]:
        if any(row[column] not in values for column, values in self.mapping.keep.items()):
            self.counts["left_out"] += 1
            return
        for pattern in self.mapping.units:
            pupils = self._figure(row_no, row, pattern.pupils)
            if not pupils:
                self.counts["without_pupils"] += 1
                continue
            stage = self._stage(row_no, row, pattern)
            school = self._school(row_no, row)
            name = row[self.mapping.name_column] if self.mapping.name_column else school
            texts = (f"{school}-{stage}", school, name, self._county(row_no, row), stage)
            facts = tuple(
                self._figure(row_no, row, pattern.facts[fact.id])
                if fact.id in pattern.facts
                else None
                for fact in self.mapping.facts
            )
            yield _Unit(row_no, (*texts, "ordinary"), pupils, facts)

    def _figure(self, row_no: int, row: dict[str, str], quantity: Quantity) -> Decimal | None:
        total: Decimal | None = Decimal(0)
        for sign, columns in ((1, quantity.plus), (-1, quantity.minus)):
            for column in columns:
                number = self._number(row_no, column, row[column], quantity)
                if number is None or total is None:
                    total = None
                else:
                    total = _EXACT.add(total, sign * number)
        if total is None or (quantity.zero_is_missing and total == 0):
            return None
        return _EXACT.multiply(total, quantity.factor)

    def _number(self, row_no: int, column: str, text: str, quantity: Quantity) -> Decimal | None:
        if not text or text in quantity.missing:
            return None
        plain = narrow(text)
        if quantity.parse == "first_number":
            found = _FIRST_NUMBER.search(plain.translate(_COMMAS))
            return Decimal(found[0]) if found else None
        if is_decimal(plain):
            return Decimal(plain)
        self._fault(
            row_no,
            column,
            say("“{text}” is not a plain number.", text=text),
            say("Correct it, or say in the mapping how it is read or that it stands for missing."),
        )
        return None

    def _stage(self, row_no: int, row: dict[str, str], pattern: UnitPattern) -> str:
        if pattern.stage is not None:
            return pattern.stage
        text = row[pattern.stage_column]
        if text not in pattern.stage_map:
            self._fault(
                row_no,
                pattern.stage_column,
                say("the mapping does not say which stage “{text}” is.", text=text),
                say("Add it to the map of stages, or leave such rows out with “keep”."),
            )
        return pattern.stage_map.get(text, "")

    def _school(self, row_no: int, row: dict[str, str]) -> str:
        column = self.mapping.id_column
        if is_damaged_identifier(row[column]):
            self._fault(
                row_no,
                column,
                say("“{text}” is an identifier that a spreadsheet has rounded.", text=row[column]),
                say("Set the column to text in the source and export it again."),
            )
        return self._wanted(row_no, row, column)

    def _county(self, row_no: int, row: dict[str, str]) -> str:
        rule = self.mapping.county
        if self.whole_as_one:
            return rule.whole
        text = row[rule.column] or rule.blank
        if not text:
            return self._wanted(row_no, row, rule.column)
        return rule.map.get(text, text)

    def _wanted(self, row_no: int, row: dict[str, str], column: str) -> str:
        if not row[column]:
            self._fault(row_no, column, say("the cell is blank."), say("Enter the value."))
        return row[column]

    def _fault(self, row_no: int, column: str, found: Message, remedy: Message) -> None:
        self.faults.append(Fault(found, remedy, self.table.name, self.table.sheet, row_no, column))


def apply(
    session: Session, table: SourceTable, mapping: TableMapping, *, whole_as_one: bool = False
) -> MappedTable:
    """Turn a foreign table into unit rows.

    Parameters
    ----------
    session
        Takes the relation of the result; the session of `table`.
    table
        What was read from the file.
    mapping
        How it is to be read.
    whole_as_one
        Take all rows as one county, named `mapping.county.whole`.

    Raises
    ------
    TableFaults
        Columns missing; text in a number; stages that the mapping does not know; blank ids or
        counties; no unit with pupils.
    """
    raise_any(_absent_columns(table, mapping))
    reader = _Reader(table, mapping, whole_as_one=whole_as_one)
    units = list(reader.units())
    raise_any(reader.faults or _no_units(table, units))
    return MappedTable(
        _as_table(session, table, mapping, units),
        mapping,
        reader.counts["left_out"],
        reader.counts["without_pupils"],
    )


def _absent_columns(table: SourceTable, mapping: TableMapping) -> list[Fault]:
    return [
        Fault(
            say(
                "the mapping “{mapping}” wants this column and it is not there.", mapping=mapping.id
            ),
            say("Check that the mapping belongs to this table."),
            table.name,
            table.sheet,
            column=column,
        )
        for column in mapping.columns
        if column not in table.headers
    ]


def _no_units(table: SourceTable, units: list[_Unit]) -> list[Fault]:
    if units:
        return []
    found = say("after the rules of the mapping no row with pupils is left.")
    remedy = say("Check the rules under “keep” and the column of pupils.")
    return [Fault(found, remedy, table.name, table.sheet)]


def _as_table(
    session: Session, table: SourceTable, mapping: TableMapping, units: list[_Unit]
) -> SourceTable:
    headers = (*UNIT_HEADERS, *(fact.id for fact in mapping.facts))
    rows = (
        (unit.row_no, [*unit.texts, *map(_plain, (unit.pupils, *unit.facts))]) for unit in units
    )
    relation = load_rows(session, rows, len(headers))
    return SourceTable(session, relation, headers, table.name, table.sheet)


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"

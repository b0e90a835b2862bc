"""Reading the result of a monitoring platform into typed records, all faults at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from junheng.engine.reconciliation.causes import Theirs
from junheng.engine.reconciliation.layout import REQUIRED
from junheng.engine.store.grid import folded
from junheng.engine.store.numbers import narrow, parse_decimal
from junheng.engine.store.tables import open_table
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction
    from pathlib import Path

    from junheng.engine.reconciliation.layout import Layout
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import OpenedTable
    from junheng.i18n import Message


@dataclass
class PlatformResult:
    """What the platform says: cells by unit and indicator, coefficients by stage and indicator.

    `facts` and `pupils` are the raw figures it tells of a unit.
    """

    cells: dict[tuple[str, str], Theirs] = field(default_factory=dict)
    coefficients: dict[tuple[str, str], Theirs] = field(default_factory=dict)
    facts: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    pupils: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def read(session: Session, path: Path, layout: Layout, ruleset: RuleSet) -> PlatformResult:
    """Read a file; TableFaults with every fault at its row and column."""
    names = list(chain.from_iterable(layout.columns.values()))
    table = open_table(session, path, header_names=names)
    reading = _Reading(table, layout, ruleset)
    reading.read_all()
    if reading.faults:
        raise TableFaults(reading.faults)
    return reading.result


class _Reading:
    def __init__(self, table: OpenedTable, layout: Layout, ruleset: RuleSet) -> None:
        self.table = table
        self.layout = layout
        self.faults: list[Fault] = []
        self.result = PlatformResult()
        self.at = _columns(table.headers, layout.columns)
        self.words = {folded(w): word for word, known in layout.words.items() for w in known}
        self.marks = {folded(mark) for mark in layout.coefficient_marks}
        self.indicators = _indicators(ruleset)
        self.facts = {
            folded(name): fact.id
            for fact in ruleset.facts
            for name in (fact.id, fact.name.zh, fact.name.en)
        }

    def read_all(self) -> None:
        for name in REQUIRED:
            if name not in self.at:
                known = ", ".join(self.layout.columns[name])
                self._fault(
                    None,
                    "",
                    say("A column is missing; it may be called: {names}.", names=known),
                    say("Add it, or write its name into the layout."),
                )
        if self.faults:
            return
        columns = ", ".join(f"c{ix}" for ix in range(len(self.table.headers)))
        rows = self.table.session.rows(
            f"SELECT row_no, {columns} FROM {self.table.relation} ORDER BY row_no"
        )
        for row_no, *cells in rows:
            self._row(int(str(row_no)), ["" if c is None else str(c) for c in cells])

    def _row(self, row: int, cells: list[str]) -> None:
        unit, name = self._text(cells, "unit"), folded(self._text(cells, "indicator"))
        stage = self._word(row, cells, "stage", ("primary", "junior"))
        value = self._value(row, cells)
        verdict = self._word(row, cells, "verdict", ("met", "not_met"), may_be_blank=True)
        is_of_unit = bool(unit) and folded(unit) not in self.marks
        if is_of_unit and stage:
            self.result.units[unit] = stage
            self._pupils(row, cells, unit)
        if name in self.facts and name not in self.indicators and is_of_unit:
            if value.value is not None:
                self.result.facts.setdefault(unit, {})[self.facts[name]] = value.value
        elif name not in self.indicators:
            self._fault(
                row,
                "indicator",
                say("“{name}” is no indicator of the rule set.", name=name),
                say("Write its id, for example R4, or its official name."),
            )
        else:
            theirs = Theirs(value.value, value.decimals, (verdict == "met") if verdict else None)
            self._keep(
                row, unit if is_of_unit else stage, self.indicators[name], theirs, is_of_unit
            )

    def _keep(self, row: int, of: str, indicator: str, theirs: Theirs, is_of_unit: bool) -> None:
        kept = self.result.cells if is_of_unit else self.result.coefficients
        if (of, indicator) in kept:
            self._fault(
                row,
                "indicator",
                say("{indicator} of {unit} stands here twice.", indicator=indicator, unit=of),
                say("Leave one of the two rows."),
            )
        kept[of, indicator] = theirs

    def _pupils(self, row: int, cells: list[str], unit: str) -> None:
        text = self._text(cells, "pupils")
        if not text:
            return
        number = parse_decimal(text)
        if number is None or number.denominator != 1 or number < 0:
            self._not_a_number(row, "pupils", text)
            return
        if self.result.pupils.setdefault(unit, int(number)) != number:
            self._fault(
                row,
                "pupils",
                say("{unit} has another number of pupils above.", unit=unit),
                say("Write one number of pupils for the unit."),
            )

    def _value(self, row: int, cells: list[str]) -> Theirs:
        text = self._text(cells, "value")
        number = parse_decimal(text) if text else None
        if text and number is None:
            self._not_a_number(row, "value", text)
        return Theirs(number, len(narrow(text).partition(".")[2]), None)

    def _not_a_number(self, row: int, column: str, text: str) -> None:
        self._fault(
            row,
            column,
            say("“{text}” is no number that fits here.", text=text),
            say("Write digits and one decimal point."),
        )

    def _word(
        self,
        row: int,
        cells: list[str],
        column: str,
        options: tuple[str, ...],
        *,
        may_be_blank: bool = False,
    ) -> str:
        text = self._text(cells, column)
        word = self.words.get(folded(text), "")
        if word in options or (may_be_blank and not text):
            return word
        known = ", ".join(w for option in options for w in self.layout.words[option])
        self._fault(
            row,
            column,
            say("“{text}” is not a word that is known here.", text=text),
            say("Write one of: {names}.", names=known),
        )
        return ""

    def _text(self, cells: list[str], column: str) -> str:
        return cells[self.at[column]] if column in self.at else ""

    def _fault(self, row: int | None, column: str, found: Message, remedy: Message) -> None:
        header = self.table.headers[self.at[column]] if column in self.at else ""
        fault = Fault(found, remedy, self.table.name, self.table.sheet, row, header)
        self.faults.append(fault)


def _columns(headers: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    at: dict[str, int] = {}
    for ix, header in enumerate(headers):
        for name, names in known.items():
            if folded(header) in {folded(n) for n in names}:
                at.setdefault(name, ix)
    return at


def _indicators(ruleset: RuleSet) -> dict[str, str]:
    return {
        folded(name): i.id
        for i in ruleset.indicators
        for name in (i.id, i.name.zh, i.name.en, i.short_name.zh, i.short_name.en)
    }

"""The texts behind the figures: which cells of the file as it came made which fact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard import rulebook, unit_table
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.quality.peers import Key
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.mapping import TableMapping, UnitPattern
    from junheng.engine.store.tables import SourceTable

PUPILS = "pupils"

_WIDE = "０１２３４５６７８９．，"
_NARROW = "0123456789.,"

_TOKEN = re.compile(r"[0-9][0-9.,]*")
_WELL_FORMED = re.compile(r"[0-9]+(\.[0-9]+)?|[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_POINTS_IN_GROUPS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")


@dataclass(frozen=True)
class RawTexts:
    """A table as it came, in the session of the unit table made from it.

    `columns` gives, for a field (a fact or `pupils`) and stage, the headers whose cells make it.
    The row numbers of both tables are those of the file.
    """

    table: SourceTable
    columns: Mapping[Key, tuple[str, ...]]

    def cell(self, header: str) -> str:
        """Return the name of a header's column in the relation."""
        return f"c{self.table.headers.index(header)}"

    def narrowed(self, header: str) -> str:
        """SQL of a header's text with full-width digits, points and commas made plain."""
        cell = f"r.{self.cell(header)}"
        # As many bytes as letters: plain ASCII. Translating everything takes five times as long.
        return (
            f"CASE WHEN strlen({cell}) = length({cell}) THEN {cell} "
            f"ELSE translate({cell}, '{_WIDE}', '{_NARROW}') END"
        )

    def only_column(self, field: str, stage: str) -> str | None:
        """Return the one header behind a field; None when there are none or several."""
        headers = self.columns.get((field, stage), ())
        return headers[0] if len(headers) == 1 else None

    def header_of(self, name: str) -> str | None:
        """Return the header that a rule's name means: a field's only column, or a header itself.

        None where there is none, or where it differs by stage.
        """
        headers = {self.only_column(field, stage) for field, stage in self.columns if field == name}
        if len(headers) == 1:
            return headers.pop()
        return name if name in self.table.headers else None

    def field_of(self, header: str, stage: str) -> str | None:
        """Return the field that a header alone makes, if any."""
        for (field, of_stage), headers in self.columns.items():
            if of_stage == stage and headers == (header,):
                return field
        return None


def of_contract(table: SourceTable, ruleset: RuleSet) -> RawTexts:
    """Return the texts of a table that follows the contract: a column is a fact.

    Columns that only another rule set needs are texts, too: a count of all teachers may show that
    some of them are too many.
    """
    others = (rulebook.load(ref.id, ref.version) for ref in rulebook.available())
    pupils = next(c for c in unit_table.IDENTITY_COLUMNS if c.id == PUPILS)
    headers = dict.fromkeys((PUPILS, *pupils.headers), PUPILS)
    for rules in (*others, ruleset):
        for fact in rules.facts:
            headers |= dict.fromkeys((fact.id, fact.name.zh, fact.name.en, *fact.synonyms), fact.id)
    found = {headers[header]: header for header in table.headers if header in headers}
    return RawTexts(table, {(f, s): (h,) for f, h in found.items() for s in STAGES})


def of_mapping(table: SourceTable, mapping: TableMapping) -> RawTexts:
    """Return the texts of a foreign table, as its mapping made facts of them."""
    columns: dict[Key, tuple[str, ...]] = {}
    for unit in mapping.units:
        columns |= _columns_of(unit)
    return RawTexts(table, columns)


def _columns_of(unit: UnitPattern) -> dict[Key, tuple[str, ...]]:
    stages = [unit.stage] if unit.stage else list(dict.fromkeys(unit.stage_map.values()))
    quantities = {PUPILS: unit.pupils, **unit.facts}
    return {
        (field, stage): (*quantity.plus, *quantity.minus)
        for field, quantity in quantities.items()
        for stage in stages
    }


def readings(text: str) -> tuple[Fraction, ...]:
    """Return what a number with odd separators may mean; none when it is written in good order.

    >>> [float(value) for value in readings("7,382,11 平方公尺")]
    [738211.0, 7382.11]
    >>> [float(value) for value in readings("50.793")]
    [50.793, 50793.0]
    >>> readings("1,234,567.5")
    ()
    """
    found = _TOKEN.search(text.translate(str.maketrans(_WIDE, _NARROW)))
    token = found[0].rstrip(".,") if found else ""
    if _POINTS_IN_GROUPS.fullmatch(token):
        whole = Fraction(token.replace(".", ""))
        return (Fraction(token), whole) if token.count(".") == 1 else (whole,)
    if not token or _WELL_FORMED.fullmatch(token):
        return ()
    parts = re.split(r"[.,]", token)
    return Fraction("".join(parts)), Fraction(f"{''.join(parts[:-1])}.{parts[-1]}")

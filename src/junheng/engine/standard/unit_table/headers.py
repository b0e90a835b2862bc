"""Headers of a table against the contract: which column is which, and everything wrong at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from junheng.engine.standard import rulebook
from junheng.engine.standard.unit_table.contract import Column, columns
from junheng.engine.store.grid import plain
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.ruleset import RuleSet


class Headed(Protocol):
    """A table as far as its headers are concerned."""

    @property
    def name(self) -> str:
        """File name, for messages."""

    @property
    def sheet(self) -> str:
        """Sheet name, or "" where there is none."""

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers as written, in order."""


@dataclass(frozen=True)
class Headers:
    """Column ids with their positions, and headers that mean nothing here."""

    columns: Mapping[str, int]
    ignored: tuple[str, ...]


def match_headers(table: Headed, ruleset: RuleSet, *, ignore_unknown: bool) -> Headers:
    """Find the columns of the contract; `TableFaults` names every fault of the headers."""
    contract = columns(ruleset)
    by_name = {plain(name): c.id for c in contract for name in (c.id, *c.headers)}
    found: dict[str, int] = {}
    unknown: list[str] = []
    faults: list[Fault] = []
    for ix, header in enumerate(table.headers):
        column_id = by_name.get(plain(header))
        if column_id is None:
            if plain(header) not in _facts_of_shipped_rule_sets():
                unknown.append(header)
        elif column_id in found:
            faults.append(_doubled(table, header, table.headers[found[column_id]]))
        else:
            found[column_id] = ix
    missing = [c for c in contract if c.is_required and c.id not in found]
    faults += [_missing(table, column) for column in missing]
    if len(missing) > len(found):
        # What is no column of a unit table says nothing more about a table of another kind.
        faults.append(_of_another_kind(table, len(found)))
    elif not ignore_unknown:
        faults += [_unknown(table, header) for header in unknown]
    if faults:
        raise TableFaults(faults)
    return Headers(found, tuple(unknown))


def _facts_of_shipped_rule_sets() -> frozenset[str]:
    """Headers that another rule set needs: known here, and not used."""
    rule_sets = (rulebook.load(ref.id, ref.version) for ref in rulebook.available())
    return frozenset(
        plain(name)
        for rules in rule_sets
        for fact in rules.facts
        for name in (fact.id, fact.name.zh, fact.name.en, *fact.synonyms)
    )


def _doubled(table: Headed, header: str, first: str) -> Fault:
    return Fault(
        say("means the same as column “{first}”.", first=first),
        say("Keep one of the two columns."),
        source=table.name,
        sheet=table.sheet,
        column=header,
    )


def _missing(table: Headed, column: Column) -> Fault:
    accepted = [column.id, *column.headers]
    return Fault(
        say("the column is missing."),
        say("Add a column with one of these headers: {headers}.", headers=", ".join(accepted)),
        source=table.name,
        sheet=table.sheet,
        column=column.id,
    )


def _of_another_kind(table: Headed, n_known: int) -> Fault:
    return Fault(
        say(
            "is no unit table as it stands: {n_known} of its {n} columns are known.",
            n_known=n_known,
            n=len(table.headers),
        ),
        say(
            "Read a table of another system through a mapping (--mapping FILE; “junheng mappings”"
            " lists them), or fill in the template (“junheng template unit_table”)."
        ),
        source=table.name,
        sheet=table.sheet,
    )


def _unknown(table: Headed, header: str) -> Fault:
    return Fault(
        say("is not a column of the unit table."),
        say("Correct the header, remove the column, or ignore such columns (--ignore-unknown)."),
        source=table.name,
        sheet=table.sheet,
        column=header,
    )

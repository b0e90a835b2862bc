"""A checked table: its units, its terms in whole numbers, and the room their products need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.standard import definition
from junheng.engine.standard.ruleset import STAGES, RuleSet
from junheng.engine.standard.unit_table.contract import UNITS
from junheng.i18n import Renderable, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.engine.store.session import Session

BIGINT_MAX = 2**63 - 1
EXACT_IN_DOUBLE = 2**53


@dataclass(frozen=True)
class UnitTable:
    """A checked table, held by the session as relations `units`, `facts` and `terms`.

    `integer` is the SQL type in which every product of the definition has room. `decimals` tells,
    for each fact, how many decimals the table writes: `facts` holds the value times 10**decimals.
    `denominators` tells, for each indicator, what every unit's sum of facts is divided by; it is
    empty where units differ.
    """

    session: Session
    ruleset: RuleSet
    n_units: int
    integer: str
    decimals: Mapping[str, int]
    is_exact_in_double: bool
    denominators: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Renderable, ...] = ()
    ignored_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """The relation `units` as a reader has left it.

    `decimals`: how many decimals each fact is scaled by; `largest`: the largest scaled number.
    """

    session: Session
    ruleset: RuleSet
    name: str
    decimals: Mapping[str, int]
    largest: Mapping[str, int]
    n_units: int
    most_pupils: int

    def finished(self, warnings: Sequence[Renderable], ignored: tuple[str, ...]) -> UnitTable:
        """Make the relation `terms` and say what is to be said about the table."""
        bound, in_double = self._largest_products()
        integer = "BIGINT" if bound <= BIGINT_MAX else "DECIMAL(38,0)"
        self._define_terms(integer)
        return UnitTable(
            session=self.session,
            ruleset=self.ruleset,
            n_units=self.n_units,
            integer=integer,
            decimals=self.decimals,
            is_exact_in_double=in_double < EXACT_IN_DOUBLE,
            denominators={i.id: 10 ** self._scale(i.terms) for i in self.ruleset.indicators},
            warnings=(*warnings, *self._without_pupils(), *self._ignored(ignored)),
            ignored_columns=ignored,
        )

    def _without_pupils(self) -> Iterator[Renderable]:
        rows = self.session.rows(
            f"SELECT row_no, unit_id FROM {UNITS} WHERE pupils = 0 ORDER BY unit_ix"
        )
        for row_no, unit_id in rows:
            yield say(
                "{source}, row {row}: unit {unit} has no pupils; its figures count as missing.",
                source=self.name,
                row=row_no,
                unit=unit_id,
            )

    def _ignored(self, headers: tuple[str, ...]) -> Iterator[Renderable]:
        if headers:
            yield say(
                "{source}: ignored unknown columns: {headers}.",
                source=self.name,
                headers=", ".join(headers),
            )

    def _scale(self, terms: tuple[tuple[str, int], ...]) -> int:
        return max(self.decimals.get(fact_id, 0) for fact_id, _ in terms)

    def _largest_products(self) -> tuple[int, int]:
        """Bounds on any whole number in the definition, and on those that become doubles."""
        bound = in_double = 1
        floor = self.ruleset.unit_rule.floor_share
        for i in self.ruleset.indicators:
            scale = self._scale(i.terms)
            numerator = sum(
                abs(w) * self.largest.get(f, 0) * 10 ** (scale - self.decimals.get(f, 0))
                for f, w in i.terms
            )
            td = definition.threshold_denominator(i)
            tn = max([definition.threshold_numerator(i, s) or 1 for s in STAGES])
            need = tn * 10**scale * self.most_pupils
            sides = numerator * i.per * td + need + 10**scale * i.per * td
            in_double = max(in_double, sides)
            bound = max(
                bound,
                sides * floor.denominator,
                numerator * i.per * self.n_units,
                10**scale * self.most_pupils * self.n_units,
            )
        return bound, in_double

    def _define_terms(self, integer: str) -> None:
        selected = []
        for i in self.ruleset.indicators:
            scale = self._scale(i.terms)
            parts = [
                f"CAST({fact_id} AS {integer}) * {weight * 10 ** (scale - self.decimals[fact_id])}"
                if fact_id in self.decimals
                else "NULL"
                for fact_id, weight in i.terms
            ]
            selected += [
                f"CAST({' + '.join(parts)} AS {integer}) AS num_{i.id}",
                f"CAST({10**scale} AS {integer}) AS den_{i.id}",
            ]
        self.session.define(
            definition.TERMS,
            "SELECT unit_ix, county, stage, pupils, "
            f"{', '.join((*definition.CARRIED, *selected))} FROM {UNITS}",
        )

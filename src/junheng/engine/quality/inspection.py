"""What every check of figures shares: the table, the peers, the texts, last year; and a hit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from junheng.engine.quality import peers
from junheng.engine.quality.raw import PUPILS, RawTexts
from junheng.engine.quality.rules import EVERY_FACT, QualityRule
from junheng.engine.standard.unit_table import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from junheng.engine.quality.peers import Key, Peers
    from junheng.engine.standard.ruleset import Fact
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.i18n import Message


@dataclass(frozen=True)
class Hit:
    """A figure that a rule finds suspicious. `expected` is the usual range of its peers.

    `field` is a fact, `pupils`, or a header of the raw table. `likely` is the value that a slip
    explains, None where nothing does.
    """

    rule: QualityRule
    unit_ix: int
    field: str
    value: Fraction | None
    found: Message
    others: tuple[str, ...] = ()
    expected: tuple[float, float] | None = None
    likely: Fraction | None = None


@dataclass(frozen=True)
class Figure:
    """One figure of one unit, as a check reads it."""

    unit_ix: int
    stage: str
    pupils: int
    value: Fraction


@dataclass(frozen=True)
class Inspection:
    """A table under inspection, with what it may be compared with."""

    table: UnitTable
    raw: RawTexts | None = None
    last_year: UnitTable | None = None

    @cached_property
    def peers(self) -> Mapping[Key, Peers]:
        """The peers of every fact and stage, measured once."""
        return peers.measure(self.table)

    def facts_of(self, rule: QualityRule) -> list[Fact]:
        """Return the facts of this table that a rule looks at."""
        known = [f for f in self.table.ruleset.facts if f.id in self.table.decimals]
        return [
            f
            for f in known
            if (EVERY_FACT in rule.fields or f.id in rule.fields)
            and rule.only in ("all", "counted" if f.is_whole else "measured")
        ]

    def decimals(self, field: str) -> int:
        """Return how many decimals the relation's whole numbers carry."""
        return self.table.decimals.get(field, 0)

    def value_sql(self, field: str) -> str:
        """SQL of a field's value as a double."""
        return f"(CAST({field} AS DOUBLE) / 1e{self.decimals(field)})"

    def exact(self, field: str, scaled: object) -> Fraction:
        """Return the exact value of a whole number of the relation."""
        return Fraction(int(str(scaled)), 10 ** self.decimals(field))

    def stages_compared(self, field: str) -> list[str]:
        """Return the stages in which a field has peers."""
        return [stage for of_field, stage in self.peers if of_field == field]

    def distance_sql(self, field: str) -> str:
        """SQL of ln(value / expected); NULL in a stage without peers."""
        return self._by_stage(
            field,
            lambda p: f"LN({self.value_sql(field)}) - {p.level!r} - {p.slope!r} * LN(pupils)",
        )

    def spread_sql(self, field: str, least: float) -> str:
        """SQL of the spread of a unit's peers, at least `least`."""
        return self._by_stage(field, lambda p: f"{max(p.spread, least)!r}")

    def _by_stage(self, field: str, sql: Callable[[Peers], str]) -> str:
        cases = [
            f"WHEN '{stage}' THEN {sql(self.peers[field, stage])}"
            for stage in self.stages_compared(field)
        ]
        return f"CASE stage {' '.join(cases)} END"

    def figures(self, field: str, where: str) -> list[Figure]:
        """Return the figures of one field that an SQL condition picks, in the table's order."""
        rows = self.table.session.rows(
            f"SELECT unit_ix, stage, pupils, CAST({field} AS VARCHAR) FROM {UNITS} "
            f"WHERE {where} ORDER BY unit_ix"
        )
        return [
            Figure(int(str(ix)), str(stage), int(str(pupils)), self.exact(field, scaled))
            for ix, stage, pupils, scaled in rows
        ]

    def far(self, field: str, where: str) -> list[Figure]:
        """Return positive figures whose `d` (distance), `v` (value) and `e` (expected) fit.

        Empty where the field has no peers.
        """
        if not self.stages_compared(field):
            return []
        compared = (
            f"SELECT unit_ix, stage, pupils, {field}, {self.value_sql(field)} AS v, "
            f"{self.distance_sql(field)} AS d FROM {UNITS} "
            f"WHERE {field} > 0 AND pupils > 0 AND {peers.PEER_KINDS}"
        )
        rows = self.table.session.rows(
            f"SELECT unit_ix, stage, pupils, CAST({field} AS VARCHAR) "
            f"FROM (SELECT *, v / EXP(d) AS e FROM ({compared}) c WHERE d IS NOT NULL) f "
            f"WHERE {where} ORDER BY unit_ix"
        )
        return [
            Figure(int(str(ix)), str(stage), int(str(pupils)), self.exact(field, scaled))
            for ix, stage, pupils, scaled in rows
        ]

    def usual(self, field: str, figure: Figure, least_spread: float) -> tuple[float, float] | None:
        """Return the range of a figure's peers; None without peers or pupils."""
        of_stage = self.peers.get((field, figure.stage))
        if of_stage is None or figure.pupils == 0:
            return None
        return of_stage.usual(figure.pupils, least_spread)

    def has_column(self, name: str) -> bool:
        """Whether a rule's field is a fact of this table or `pupils`."""
        return name == PUPILS or name in self.table.decimals

"""Measures of foreign tables as a rule set: computed like indicators, judged only on request.

A figure of another country's table that resembles an indicator is a proxy. It is compared between
schools by the same formula, and carries no threshold of the standard unless the user asks for one.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard import unit_table
from junheng.engine.standard.ruleset import (
    STAGES,
    DispersionRule,
    Fact,
    Indicator,
    RuleSet,
    Source,
    Text,
    UnitRule,
)
from junheng.engine.store.mapping import apply
from junheng.engine.store.mapping_file import load_mapping
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Stage
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.mapping import FactLabel, Label, MappedTable, Measure, TableMapping
    from junheng.engine.store.tables import SourceTable
    from junheng.i18n import Renderable


def read_mapped(
    table: SourceTable,
    mapping_name: str,
    *,
    whole_as_one: bool = False,
    thresholds_from: RuleSet | None = None,
) -> UnitTable:
    """Read a foreign table through a mapping.

    Parameters
    ----------
    table
        The foreign table as it arrived.
    mapping_name
        Id of a shipped mapping, or the path of a file.
    whole_as_one
        Take all rows as one district.
    thresholds_from
        Judge proxies by this rule set, because the user says so. None: compare, do not judge.

    Raises
    ------
    NotFound, DataError
        No such mapping, or mapping and table do not fit.
    """
    mapped = apply(table.session, table, load_mapping(mapping_name), whole_as_one=whole_as_one)
    ruleset = ruleset_of(mapped.mapping, thresholds_from=thresholds_from)
    notes = tuple(_notes(mapped))
    return unit_table.read(mapped.table, ruleset, is_mapped=True, notes=notes)


def ruleset_of(mapping: TableMapping, *, thresholds_from: RuleSet | None = None) -> RuleSet:
    """Return the measures of a mapping as a rule set that judges no unit."""
    source = Source(document=mapping.document, confirmation="L")
    judging = thresholds_from
    return RuleSet(
        id=f"mapping:{mapping.id}",
        version=mapping.digest[:12],
        name=_text(mapping.name),
        document=mapping.document,
        effective_from=date.min,
        facts=tuple(_fact(fact) for fact in mapping.facts),
        indicators=tuple(
            _indicator(m, ix, source, judging) for ix, m in enumerate(mapping.measures)
        ),
        unit_rule=UnitRule(
            met_at_least=None,
            floor_share=judging.unit_rule.floor_share if judging else Fraction(1),
            source=source,
        ),
        dispersion=judging.dispersion if judging else _compared(source),
        note=_text(mapping.note) if mapping.note else None,
        digest=mapping.digest,
    )


def _text(label: Label) -> Text:
    return Text(label.zh, label.en)


def _fact(fact: FactLabel) -> Fact:
    return Fact(fact.id, _text(fact.name), _text(fact.unit), is_whole=fact.is_whole)


def _indicator(measure: Measure, ix: int, source: Source, judging: RuleSet | None) -> Indicator:
    return Indicator(
        id=measure.id,
        number=str(ix + 1),
        name=_text(measure.name),
        short_name=_text(measure.name),
        unit=_text(measure.unit),
        per=measure.per,
        terms=measure.terms,
        thresholds=_thresholds(measure, judging),
        source=source,
        is_proxy=bool(measure.proxy_for),
    )


def _thresholds(measure: Measure, judging: RuleSet | None) -> dict[Stage, Fraction | None]:
    none: dict[Stage, Fraction | None] = dict.fromkeys(STAGES)
    if judging is None or measure.proxy_for not in {i.id for i in judging.indicators}:
        return none
    return none | dict(judging.indicator(measure.proxy_for).thresholds)


def _compared(source: Source) -> DispersionRule:
    return DispersionRule(method="none", limits=dict.fromkeys(STAGES), source=source)


def _notes(mapped: MappedTable) -> list[Renderable]:
    """What a reader must know of the results: what is left out, and what is a proxy."""
    notes: list[Renderable] = []
    if mapped.n_rows_left_out:
        notes.append(
            say("{n} rows left out by the rules of the mapping.", n=mapped.n_rows_left_out)
        )
    if mapped.n_units_without_pupils:
        notes.append(
            say("{n} units without pupils are not measured.", n=mapped.n_units_without_pupils)
        )
    proxies = [f"{m.id} ~ {m.proxy_for}" for m in mapped.measures if m.proxy_for]
    if proxies:
        notes.append(
            say("Proxies, not the indicators themselves: {proxies}.", proxies=", ".join(proxies))
        )
    return notes

"""Findings of the quality rules: made from a table, decided upon, and kept as JSON.

A stored finding has the keys that `_stored` gives it: figures are exact decimals as text, `found`
and `after` messages, `effect` what `_effect` says. `decision` is None or what
`quality.decisions_for` gives. `after` says what is odd about a corrected figure still.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING, Any, get_args

from junheng.apps.balance import mappings
from junheng.apps.balance.stored import exact_text, message_to_json
from junheng.engine import quality, standard
from junheng.engine.quality.decisions import Decision, DecisionKind
from junheng.engine.quality.raw import PUPILS
from junheng.engine.store.mapping_file import load_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from junheng.engine.quality import Effect, Finding, Outcome, QualityRule, RawTexts
    from junheng.engine.standard.assess import Assessment
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.tables import SourceTable

Stored = dict[str, Any]

KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
READ_FROM_TEXT = frozenset({"separators", "unread"})
"""Kinds of rules that look at what the file says, and find it there after a correction, too."""


@dataclass(frozen=True)
class Inspected:
    """A table as it counts, with its corrections made, and everything found in it."""

    assessment: Assessment
    findings: tuple[Stored, ...]


def figure_key(unit_id: str, field: str) -> str:
    """Return the short key of a figure in addresses."""
    return sha256(f"{unit_id}\0{field}".encode()).hexdigest()[:16]


def rules_for(ruleset: RuleSet) -> list[QualityRule]:
    """Return the rules to look at a table by: those of its mapping first, then the general ones."""
    own = mappings.mapping_id(ruleset.id)
    names = [own] if own in quality.available() else []
    return [rule for file in [*map(quality.load, names), quality.load()] for rule in file.rules]


def texts_of(source: SourceTable, ruleset: RuleSet) -> RawTexts:
    """Return the texts of the file behind the facts of the unit table."""
    if mappings.is_mapping(ruleset.id):
        return quality.of_mapping(source, load_mapping(mappings.mapping_id(ruleset.id)))
    return quality.of_contract(source, ruleset)


def inspect(
    table: UnitTable,
    raw: RawTexts | None,
    *,
    decisions: Iterable[Stored] = (),
    last_year: UnitTable | None = None,
) -> Inspected:
    """Find what is suspicious in a table, make the corrections decided on, and measure it.

    Parameters
    ----------
    raw
        The texts of the file; None for a table that was never a file.
    decisions
        Stored decisions with `unit_id` and `field`; those whose finding does not appear, or
        appears with another figure, are left aside.

    Raises
    ------
    TableFaults
        The table with its corrections breaks a check of the contract.
    """
    rules = rules_for(table.ruleset)
    assessment = standard.assess(table)
    first = quality.find(table, rules, last_year=last_year, raw=raw, assessment=assessment)
    decided = _fitting(first, decisions)
    corrections = [d for d in decided.values() if d["kind"] == "corrected"]
    if not corrections:
        return Inspected(assessment, tuple(_stored(f, table, decided) for f in first))
    corrected = quality.apply_decisions(table, [_decision(d) for d in corrections])
    assessment = standard.assess(corrected)
    again = quality.find(corrected, rules, last_year=last_year, raw=raw, assessment=assessment)
    return Inspected(assessment, tuple(_after(first, again, corrected, decided)))


def _fitting(findings: Sequence[Finding], decisions: Iterable[Stored]) -> dict[str, Stored]:
    """Return the decisions that are about a finding as it stands, by its key."""
    found = {figure_key(f.unit_id, f.field): _text(f.value) for f in findings}
    keyed = {figure_key(d["unit_id"], d["field"]): d for d in decisions}
    return {key: d for key, d in keyed.items() if key in found and found[key] == d["was"]}


def _decision(stored: Stored) -> Decision:
    return Decision(
        unit_id=stored["unit_id"],
        field=stored["field"],
        rule_id=stored["rule_id"],
        kind=stored["kind"],
        was=_fraction(stored["was"]),
        value=_fraction(stored["value"]),
        reason=stored["reason"],
    )


def _after(
    first: Sequence[Finding],
    again: Sequence[Finding],
    table: UnitTable,
    decided: Mapping[str, Stored],
) -> list[Stored]:
    """Return corrected findings as they were, all others as the corrected table has them."""
    corrected = {key for key, d in decided.items() if d["kind"] == "corrected"}
    still = {key: f for f in again if (key := figure_key(f.unit_id, f.field)) in corrected}
    before = [f for f in first if figure_key(f.unit_id, f.field) in corrected]
    rest = [f for f in again if figure_key(f.unit_id, f.field) not in corrected]
    done = [_stored(f, table, decided) for f in before]
    for one in done:
        odd = still.get(one["key"])
        if odd is not None and not _is_of_text(odd, table.ruleset):
            one["after"] = message_to_json(odd.found)
    return [*(_stored(f, table, decided) for f in rest), *done]


def _is_of_text(finding: Finding, ruleset: RuleSet) -> bool:
    kinds = {rule.id: rule.kind for rule in rules_for(ruleset)}
    return {kinds[rule_id] for rule_id in (finding.rule.id, *finding.also)} <= READ_FROM_TEXT


def _stored(finding: Finding, table: UnitTable, decided: Mapping[str, Stored]) -> Stored:
    rule = finding.rule
    key = figure_key(finding.unit_id, finding.field)
    return {
        "key": key,
        "rule_id": rule.id,
        "rule": {"zh": rule.name.zh, "en": rule.name.en},
        "reason": {"zh": rule.reason.zh, "en": rule.reason.en},
        "severity": rule.severity,
        "confidence": finding.confidence,
        "also": list(finding.also),
        "unit_id": finding.unit_id,
        "school_name": finding.school_name,
        "stage": finding.stage,
        "row_no": finding.row_no,
        "field": finding.field,
        "others": list(finding.others),
        "value": _text(finding.value),
        "expected": None if finding.expected is None else list(finding.expected),
        "likely": _text(finding.likely),
        "found": message_to_json(finding.found),
        "effect": None if finding.effect is None else _effect(finding.effect),
        "is_correctable": finding.field == PUPILS or finding.field in table.decimals,
        "decision": decided.get(key),
        "after": None,
    }


def _effect(effect: Effect) -> Stored:
    """Return what a correction would change: [now, then] of verdicts, coefficients, cells."""
    now, best = effect.now, effect.best
    return {
        "is_corrected": effect.corrected is not None,
        "county": [now.county_verdict, best.county_verdict],
        "unit": [now.unit_verdict, best.unit_verdict],
        "coefficients": {
            i: [[c.cv, c.status], [best.coefficients[i].cv, best.coefficients[i].status]]
            for i, c in now.coefficients.items()
        },
        "cells": _cells(now, best),
    }


def _cells(now: Outcome, best: Outcome) -> Stored:
    return {
        i: [[c.value, c.status], [best.cells[i].value, best.cells[i].status]]
        for i, c in now.cells.items()
    }


def _text(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


# --- what is stored -------------------------------------------------------------------------------


def state_of(finding: Mapping[str, Any]) -> str:
    """Return whether a stored finding is corrected, accepted or open.

    >>> state_of({"decision": None}), state_of({"decision": {"kind": "accepted"}})
    ('open', 'accepted')
    """
    decision = finding["decision"]
    return "open" if decision is None else str(decision["kind"])


def n_open(findings: Iterable[Mapping[str, Any]]) -> int:
    """Return how many findings nobody corrected or accepted."""
    return sum(state_of(finding) == "open" for finding in findings)


def decisions_in(findings: Iterable[Mapping[str, Any]]) -> list[Stored]:
    """Return the decisions made on stored findings."""
    return [f["decision"] for f in findings if f["decision"] is not None]


def corrections_in(findings: Iterable[Mapping[str, Any]]) -> list[Stored]:
    """Return the corrections that were made before a table was measured."""
    return [d for d in decisions_in(findings) if d["kind"] == "corrected"]

"""`junheng quality`: suspicious figures of a table, those that move a verdict first."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from decimal import Decimal
from math import floor, log10
from typing import TYPE_CHECKING

from junheng.commands import display
from junheng.commands.inputs import read_input, ruleset
from junheng.engine import quality, standard
from junheng.engine.standard import measures
from junheng.engine.standard.words import STAGE_WORDS, STATUS_WORDS
from junheng.engine.store.mapping_file import load_mapping
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.i18n import N_, Translate, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from junheng.engine.quality import Effect, Finding, Outcome, QualityRules, RawTexts
    from junheng.engine.standard import UnitTable
    from junheng.engine.standard.ruleset import Stage

MAX_FINDINGS_SHOWN = 100
SHOWN_DIGITS = 3
"""Significant digits of a usual range: it is a guide, not a limit."""


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Read, look for suspicious figures, print."""
    with ExitStack() as stack, display.progress(translate("Reading and checking ...")):
        table, raw = _read(stack.enter_context(Session()), arguments)
        last_year = _last_year(stack, arguments)
        rule_files = _rule_files(arguments)
        rules = [rule for file in rule_files for rule in file.rules]
        findings = quality.find(table, rules, last_year=last_year, raw=raw)
    if arguments.json:
        print(json.dumps(_document(table, rule_files, findings, translate), ensure_ascii=False))
    else:
        _print(table, findings, arguments.lang, translate)
    sys.stdout.flush()
    return 0


def _read(session: Session, arguments: argparse.Namespace) -> tuple[UnitTable, RawTexts]:
    source = open_table(session, arguments.input, sheet=arguments.sheet)
    rules = ruleset(arguments.rules) if arguments.rules or not arguments.mapping else None
    if arguments.mapping:
        table = measures.read_mapped(
            source,
            arguments.mapping,
            whole_as_one=arguments.district_wide,
            thresholds_from=rules,
        )
        return table, quality.of_mapping(source, load_mapping(arguments.mapping))
    judging = rules or ruleset(None)
    table = standard.read(source, judging, ignore_unknown=arguments.ignore_unknown)
    return table, quality.of_contract(source, judging)


def _last_year(stack: ExitStack, arguments: argparse.Namespace) -> UnitTable | None:
    if arguments.last_year is None:
        return None
    session = stack.enter_context(Session())
    return read_input(
        session, argparse.Namespace(**(vars(arguments) | {"input": arguments.last_year}))
    )


def _rule_files(arguments: argparse.Namespace) -> list[QualityRules]:
    """Return the user's rules, those shipped for the mapping, the general ones: in this order."""
    names = list(arguments.quality_rules or ())
    if arguments.mapping in quality.available():
        names.append(arguments.mapping)
    return [quality.load(name) for name in names] + [quality.load()]


# --- for people ----------------------------------------------------------------------------------


def _print(
    table: UnitTable, findings: tuple[Finding, ...], language: str, translate: Translate
) -> None:
    from rich.table import Table

    out = display.console()
    summary = say(
        "{n} suspicious figures in {units} stage units. None was changed.",
        n=len(findings),
        units=table.n_units,
    )
    out.print(summary.render(translate))
    if not findings:
        return
    shown = Table()
    for header in (N_("Row"), N_("School"), N_("Stage"), N_("Field")):
        shown.add_column(translate(header), overflow="fold")
    for header in (N_("Reported figure"), N_("Usual"), N_("Probably")):
        shown.add_column(translate(header), justify="right", no_wrap=True)
    for header in (N_("Finding"), N_("What hangs on it")):
        shown.add_column(translate(header), overflow="fold")
    names = _field_names(table, language, translate)
    for finding in findings[:MAX_FINDINGS_SHOWN]:
        shown.add_row(*_row(finding, names, language, translate))
    out.print(shown)
    if len(findings) > MAX_FINDINGS_SHOWN:
        more = say("... and {n} more; --json gives each.", n=len(findings) - MAX_FINDINGS_SHOWN)
        out.print(more.render(translate))


def _field_names(table: UnitTable, language: str, translate: Translate) -> Mapping[str, str]:
    facts = {fact.id: fact.name.of(language) for fact in table.ruleset.facts}
    return {"pupils": translate("Pupils"), **facts}


def _row(
    finding: Finding, names: Mapping[str, str], language: str, translate: Translate
) -> list[str]:
    stage: Stage = "primary" if finding.stage == "primary" else "junior"
    field = names.get(finding.field, finding.field)
    others = translate(", ").join(names.get(other, other) for other in finding.others)
    compared = f" ~ {others}" if others else ""
    return [
        str(finding.row_no),
        finding.school_name or finding.unit_id,
        translate(STAGE_WORDS[stage]),
        field + compared,
        _figure(finding.value),
        _range(finding.expected),
        _figure(finding.likely),
        f"{finding.rule.name.of(language)} {finding.found.render(translate)}",
        "\n".join(_effect(finding.effect, translate)),
    ]


def _figure(value: Fraction | None) -> str:
    return "–" if value is None else f"{Decimal(f'{float(value):.15g}'):f}"


def _range(expected: tuple[float, float] | None) -> str:
    if expected is None:
        return "–"
    low, high = (f"{round(v, SHOWN_DIGITS - 1 - floor(log10(v))):.15g}" for v in expected)
    return f"{low} – {high}"


def _effect(effect: Effect | None, translate: Translate) -> Iterator[str]:
    if effect is None:
        return
    now, best = effect.now, effect.best
    if effect.changes_county:
        yield say(
            "County: {now} → {then}",
            now=translate(STATUS_WORDS[now.county_verdict]),
            then=translate(STATUS_WORDS[best.county_verdict]),
        ).render(translate)
    if effect.changes_unit:
        yield say(
            "Unit: {now} → {then}",
            now=translate(STATUS_WORDS[now.unit_verdict]),
            then=translate(STATUS_WORDS[best.unit_verdict]),
        ).render(translate)
    for indicator, coefficient in now.coefficients.items():
        now_cv, then_cv = coefficient.cv, best.coefficients[indicator].cv
        if now_cv != then_cv:
            yield f"CV {indicator}: {display.number(now_cv, 3)} → {display.number(then_cv, 3)}"


# --- for programs --------------------------------------------------------------------------------


def _document(
    table: UnitTable,
    rule_files: list[QualityRules],
    findings: tuple[Finding, ...],
    translate: Translate,
) -> dict[str, object]:
    return {
        "ruleset": {"id": table.ruleset.id, "version": table.ruleset.version},
        "quality_rules": [
            {"id": file.id, "version": file.version, "digest": file.digest} for file in rule_files
        ],
        "n_units": table.n_units,
        "findings": [_finding_json(finding, translate) for finding in findings],
    }


def _finding_json(finding: Finding, translate: Translate) -> dict[str, object]:
    effect = finding.effect
    return {
        "rule": finding.rule.id,
        "kind": finding.rule.kind,
        "severity": finding.rule.severity,
        "confidence": finding.confidence,
        "also": list(finding.also),
        "unit_id": finding.unit_id,
        "school_name": finding.school_name,
        "county_code": finding.county or None,
        "stage": finding.stage,
        "row": finding.row_no,
        "field": finding.field,
        "others": list(finding.others),
        "value": _number(finding.value),
        "expected": None if finding.expected is None else list(finding.expected),
        "likely": _number(finding.likely),
        "found": finding.found.render(translate),
        "effect": None
        if effect is None
        else {
            "now": _outcome_json(effect.now),
            "missing": _outcome_json(effect.missing),
            "corrected": None if effect.corrected is None else _outcome_json(effect.corrected),
        },
    }


def _outcome_json(outcome: Outcome) -> dict[str, object]:
    return {
        "value": _number(outcome.value),
        "cells": {i: {"value": c.value, "status": c.status} for i, c in outcome.cells.items()},
        "unit_verdict": outcome.unit_verdict,
        "coefficients": {
            i: {"cv": c.cv, "status": c.status, "n_left_out": c.n_left_out}
            for i, c in outcome.coefficients.items()
        },
        "county_verdict": outcome.county_verdict,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

"""`junheng working`: one figure, term by term."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from junheng.commands import display
from junheng.commands.inputs import read_input
from junheng.engine import standard
from junheng.engine.standard import working, working_json
from junheng.engine.standard.ruleset import STAGES, Stage
from junheng.engine.store.session import Session
from junheng.errors import DataError
from junheng.i18n import N_, Translate, say

if TYPE_CHECKING:
    import argparse
    from fractions import Fraction

    from junheng.engine.standard.assess import Assessment


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Show the working of a cell, or of a coefficient when the unit is a stage."""
    with Session() as session:
        assessment = standard.assess(read_input(session, arguments))
        if arguments.unit in STAGES:
            _dispersion(assessment, arguments, translate)
        else:
            _cell(assessment, arguments, translate)
    return 0


def _cell(assessment: Assessment, arguments: argparse.Namespace, translate: Translate) -> None:
    w = working.of_unit(assessment, arguments.unit, arguments.indicator)
    if arguments.json:
        print(json.dumps(working_json.cell(w), ensure_ascii=False))
        return
    out = display.console()
    language = arguments.lang
    name, unit = w.indicator.name.of(language), w.indicator.unit.of(language)
    out.print(f"[bold]{w.indicator.number} {name}[/bold]  ({unit})")
    for term in w.terms:
        sign = "+" if term.weight > 0 else "−"
        fact = term.fact
        out.print(
            f"  {sign} {fact.name.of(language)}: {_text(term.value)} {fact.unit.of(language)}"
        )
    out.print(f"  = {_text(w.amount)}")
    formula = f"  {w.indicator.per} × {_text(w.amount)} ÷ {w.pupils} = {_text(w.value)}"
    out.print(formula, end="  ")
    out.print(display.status(w.status, translate))
    if w.threshold is not None:
        limits = say(
            "  Threshold {threshold}, 85 % line {floor}, missing to the threshold: {gap}",
            threshold=_text(w.threshold),
            floor=_text(w.floor),
            gap=_text(w.gap),
        )
        out.print(limits.render(translate))
    source = f"{w.source.document} {w.source.clause} [{w.source.confirmation}]"
    out.print(f"  {source}  {w.ruleset_id}@{w.ruleset_version}", markup=False)


def _dispersion(
    assessment: Assessment, arguments: argparse.Namespace, translate: Translate
) -> None:
    from rich.table import Table

    stage: Stage = "primary" if arguments.unit == "primary" else "junior"
    w = working.of_dispersion(
        assessment, stage, arguments.indicator, county_code=_county(assessment, arguments)
    )
    if arguments.json:
        print(json.dumps(working_json.coefficient(w), ensure_ascii=False))
        return
    out = display.console()
    table = Table(title=w.indicator.name.of(arguments.lang), title_justify="left")
    for header in (N_("Stage unit"), "x", "P", "X = k·x/P", "P/ΣP", "(X − X̄)²·P/ΣP"):
        table.add_column(
            translate(header), justify="left" if header == N_("Stage unit") else "right"
        )
    for share in w.shares:
        figures = (share.value, share.weight, share.contribution)
        table.add_row(
            share.name,
            _text(share.amount),
            str(share.pupils),
            *(f"{float(f):.6f}" for f in figures),
        )
    out.print(table)
    for unit in w.left_out:
        out.print(say("Left out for lack of data: {unit}", unit=unit).render(translate))
    sums = f"Σx = {_text(w.amount)}   ΣP = {w.pupils}   X̄ = {_text(w.mean)}"
    out.print(f"{sums}   S = {w.sd}   CV = {w.cv}", end="  ")
    out.print(f"≤ {_text(w.limit)}", display.status(w.status, translate))


def _county(assessment: Assessment, arguments: argparse.Namespace) -> str | None:
    counties = [c.county_code for c in assessment.counties]
    if arguments.county is not None:
        return str(arguments.county)
    if len(counties) > 1:
        raise DataError(
            say("The table holds {n} counties: name one with --county.", n=len(counties))
        )
    return counties[0]


def _text(value: Fraction | None) -> str:
    """A fraction as a person checks it: exact when its decimals end soon, else twelve digits."""
    if value is None:
        return "–"
    return f"{float(value):.12g}"

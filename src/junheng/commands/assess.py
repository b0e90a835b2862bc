"""`junheng assess`: a unit table against a standard, as text, JSON, workbook and Parquet."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from junheng.commands import display
from junheng.commands.inputs import is_folder_or_workbook, read_input, ruleset, session_for
from junheng.engine import standard
from junheng.engine.standard import results_json, unit_table
from junheng.engine.standard.words import STAGE_WORDS, STATUS_WORDS
from junheng.i18n import N_, Translate, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from rich.console import Console

    from junheng.engine.standard.assess import Assessment, UnitResult
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session
    from junheng.engine.store.sql_engine import SqlEngine

MAX_UNITS_SHOWN = 100
MAX_COUNTIES_SHOWN = 40


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Assess, write what was asked for, print."""
    with session_for(arguments.input) as session:
        with display.progress(translate("Reading and measuring ...")):
            table = _read(session, arguments)
            with _engine(arguments.engine) as engine:
                assessment = standard.assess(table, engine=engine)
        if arguments.out:
            with display.progress(translate("Writing results ...")):
                _write(assessment, arguments, translate)
        _warn(assessment, translate)
        if arguments.json:
            for chunk in results_json.chunks(assessment, translate):
                sys.stdout.write(chunk)
        else:
            _print(assessment, arguments.lang, translate)
            _say_where(arguments, translate)
        sys.stdout.flush()
    return 0


def _read(session: Session, arguments: argparse.Namespace) -> UnitTable:
    if arguments.mapping or is_folder_or_workbook(arguments.input):
        return read_input(session, arguments)
    return unit_table.read_file(
        session,
        arguments.input,
        ruleset(arguments.rules),
        sheet=arguments.sheet,
        ignore_unknown=arguments.ignore_unknown,
    )


@contextmanager
def _engine(name: str) -> Iterator[SqlEngine | None]:
    """Open the second engine when it is asked for; None stands for the table's own session."""
    if name == "duckdb":
        yield None
        return
    from junheng.engine.store.spark import SparkEngine

    with SparkEngine() as engine:
        yield engine


def _write(assessment: Assessment, arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine.standard import results_files

    results_files.write(assessment, arguments.out, language=arguments.lang, translate=translate)


def _warn(assessment: Assessment, translate: Translate) -> None:
    for warning in assessment.warnings:
        print(warning.render(translate), file=sys.stderr)


def _say_where(arguments: argparse.Namespace, translate: Translate) -> None:
    if arguments.out:
        written = say("Written to {folder}.", folder=arguments.out)
        print(written.render(translate))


# --- for people ----------------------------------------------------------------------------------


Line = list[tuple[str, str]]
"""Pieces of text with their style, "" where there is none."""


def _print(assessment: Assessment, language: str, translate: Translate) -> None:
    lines = [_title(assessment, language), *_county_lines(assessment, translate)]
    has_tables = (
        assessment.table.n_units <= MAX_UNITS_SHOWN
        or len(assessment.counties) <= MAX_COUNTIES_SHOWN
    )
    if not has_tables and not sys.stdout.isatty():
        # No table and no colour: what draws them need not be loaded (0.08 CPU s).
        for line in [*lines, *_too_many_units(assessment, translate)]:
            print("".join(text for text, _ in line))
        return
    from rich.text import Text

    out = display.console()
    for line in lines:
        out.print(Text.assemble(*line))
    _print_units(assessment, out, translate, language)
    _print_dispersion(assessment, out, translate, language)


def _title(assessment: Assessment, language: str) -> Line:
    rules = assessment.ruleset
    return [
        (rules.name.of(language), "bold"),
        (f"  {rules.document}  {rules.id}@{rules.version}", ""),
    ]


def _county_lines(assessment: Assessment, translate: Translate) -> Iterator[Line]:
    counties = assessment.counties
    for county in counties[:MAX_COUNTIES_SHOWN]:
        sign, colour = display.SIGNS[county.resource_allocation]
        word = translate(STATUS_WORDS[county.resource_allocation])
        reasons = " ".join(reason.render(translate) for reason in county.reasons)
        yield [
            (f"{county.county_code or translate('Whole table')} ", ""),
            (f"{sign} {word}", colour),
            (f"  {reasons}", ""),
        ]
    if len(counties) > MAX_COUNTIES_SHOWN:
        more = say(
            "... and {n} more counties; --out writes all.", n=len(counties) - MAX_COUNTIES_SHOWN
        )
        yield [(more.render(translate), "")]


def _too_many_units(assessment: Assessment, translate: Translate) -> Iterator[Line]:
    n_units = assessment.table.n_units
    if n_units > MAX_UNITS_SHOWN:
        many = say("{n} stage units; --out or --json gives each.", n=n_units)
        yield [(many.render(translate), "")]


def _print_units(assessment: Assessment, out: Console, translate: Translate, language: str) -> None:
    from rich.table import Table
    from rich.text import Text

    if assessment.table.n_units > MAX_UNITS_SHOWN:
        for line in _too_many_units(assessment, translate):
            out.print(Text.assemble(*line))
        return
    table = Table(title=translate("Stage units"), title_justify="left")
    for header in (N_("Stage unit"), N_("School"), N_("Stage")):
        table.add_column(translate(header), overflow="fold")
    table.add_column(translate("Pupils"), justify="right")
    for indicator in assessment.ruleset.indicators:
        table.add_column(
            f"{indicator.id}\n{indicator.short_name.of(language)}", justify="right", no_wrap=True
        )
    table.add_column(translate("Met"), justify="right")
    table.add_column(translate("Verdict"), no_wrap=True)
    for unit in assessment.units:
        table.add_row(
            *_unit_row(assessment, unit, translate), display.status(unit.verdict, translate)
        )
    out.print(table)


def _unit_row(assessment: Assessment, unit: UnitResult, translate: Translate) -> list[str]:
    decimals = assessment.ruleset.presentation.school_decimals
    cells = [unit.cells.get(i.id) for i in assessment.ruleset.indicators]
    figures = [
        ""
        if cell is None
        else f"{display.number(cell.value, decimals)} {display.shape(cell.status)}"
        for cell in cells
    ]
    n_met = "" if unit.n_met is None else f"{unit.n_met}/{len(cells)}"
    stage = translate(STAGE_WORDS[unit.stage])
    return [
        unit.unit_id,
        unit.school_name or "",
        stage,
        display.number(unit.pupils, 0),
        *figures,
        n_met,
    ]


def _print_dispersion(
    assessment: Assessment, out: Console, translate: Translate, language: str
) -> None:
    from rich.table import Table

    if len(assessment.counties) > MAX_COUNTIES_SHOWN:
        return
    names = {i.id: i.name.of(language) for i in assessment.ruleset.indicators}
    names["mean"] = translate("Mean of the coefficients")
    decimals = assessment.ruleset.presentation
    table = Table(
        title=translate("Coefficients of variation between schools"), title_justify="left"
    )
    for header in (N_("County"), N_("Stage"), N_("Indicator")):
        table.add_column(translate(header), overflow="fold")
    for header in (N_("Mean"), "S", "CV", N_("Limit"), N_("Units")):
        table.add_column(translate(header), justify="right")
    table.add_column(translate("Status"), no_wrap=True)
    for row in assessment.dispersion:
        table.add_row(
            row.county_code or "",
            translate(STAGE_WORDS[row.stage]),
            f"{row.indicator} {names[row.indicator]}",
            display.number(row.mean, decimals.school_decimals),
            display.number(row.sd, decimals.coefficient_decimals),
            display.number(row.cv, decimals.coefficient_decimals),
            display.number(row.limit, 2),
            str(row.n_units),
            display.status(row.status, translate),
        )
    out.print(table)

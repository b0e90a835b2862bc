"""`junheng template`: a workbook to fill in, or the list of datasets there are."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from junheng.errors import DataError
from junheng.i18n import N_, say

if TYPE_CHECKING:
    import argparse

    from junheng.i18n import Translate

FIRST_MONTH = 9
"""A school year begins in September."""


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "datasets", nargs="*", metavar="DATASET", help=_("datasets, a sheet each; none: list them")
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help=_("write the workbook (.xlsx)"))
    parser.add_argument(
        "--year", type=int, help=_("year in which the school year begins; the present one if none")
    )
    parser.add_argument(
        "--county", default="", metavar="CODE", help=_("six digits of the bureau's county")
    )
    parser.add_argument("--no-sample", action="store_true", help=_("leave out the sample row"))
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Write the template that the arguments ask for, or list the datasets."""
    if not arguments.datasets:
        _list(arguments, translate)
    else:
        _write(arguments, translate)
    return 0


def _write(arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine import contracts
    from junheng.engine.contracts.template import write_template

    chosen = [contracts.contract(name) for name in dict.fromkeys(arguments.datasets)]
    out = _checked_path(arguments.out)
    year = arguments.year or _school_year_today()
    write_template(
        out,
        chosen,
        school_year=year,
        language=arguments.lang,
        county_code=arguments.county,
        sample=not arguments.no_sample,
    )
    if arguments.json:
        sheets = [contract.id for contract in chosen]
        print(json.dumps({"file": str(out), "school_year": year, "datasets": sheets}))
        return
    message = say("Written: {file} ({n} sheets, {year}).", file=str(out), n=len(chosen), year=year)
    print(message.render(translate))


def _checked_path(out: Path | None) -> Path:
    if out is None:
        raise DataError(say("No file is named. Add --out FILE.xlsx."))
    if out.suffix.lower() != ".xlsx":
        raise DataError(say("{file} does not end in .xlsx. Name a file that does.", file=str(out)))
    if not out.parent.is_dir():
        raise DataError(say("There is no folder {folder}. Make it first.", folder=str(out.parent)))
    return out


def _school_year_today() -> int:
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    return today.year if today.month >= FIRST_MONTH else today.year - 1


def _list(arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine import contracts

    known = contracts.contracts()
    if arguments.json:
        rows = [{"id": c.id, "name": c.name.zh, "version": c.version} for c in known]
        print(json.dumps({"datasets": rows}, ensure_ascii=False))
        return
    from rich.table import Table

    from junheng.commands import display

    table = Table()
    for header in (N_("Dataset"), N_("Name"), N_("Fields"), N_("Version")):
        table.add_column(translate(header), overflow="fold")
    for contract in known:
        name = contract.name.of(arguments.lang)
        table.add_row(contract.id, name, str(len(contract.fields)), contract.version)
    display.console().print(table)

"""`junheng statistics`: annual returns of schools, shown as read, or written from people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands.inputs import ruleset
from junheng.errors import DataError
from junheng.i18n import N_, say

if TYPE_CHECKING:
    import argparse

    from junheng.engine.annual_statistics.people import SchoolFigures
    from junheng.engine.annual_statistics.reading import Statistics
    from junheng.engine.annual_statistics.schools import School
    from junheng.i18n import Translate

SCHOOL, STAGE = "school", "stage"


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    acts = parser.add_subparsers(title=_("acts"), required=True, metavar="ACT")
    show = acts.add_parser("show", help=_("say what a folder or workbook of returns holds"))
    show.add_argument("input", type=Path, help=_("folder of workbooks, or one workbook"))
    show.set_defaults(act=_show)
    export = acts.add_parser("export", help=_("write returns from a folder of datasets"))
    export.add_argument("input", type=Path, help=_("folder of datasets (.parquet)"))
    export.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=_("folder of the new workbooks")
    )
    export.add_argument(
        "--by",
        choices=[SCHOOL, STAGE],
        default=SCHOOL,
        help=_("one workbook for each school, or one for each stage"),
    )
    export.add_argument("--rules", metavar="ID|FILE", help=_("rule set: id, id@version, or a file"))
    export.set_defaults(act=_export)
    layouts = acts.add_parser("layouts", help=_("list the layouts of the tables"))
    layouts.set_defaults(act=_layouts)
    for act in (show, export, layouts):
        act.add_argument(
            "--json", action="store_true", help=_("print one JSON object and nothing else")
        )
        act.add_argument("--lang", choices=["zh", "en"], help=_("language of messages"))
    for act in (show, export):
        act.add_argument(
            "--layout", metavar="ID|FILE", help=_("layout of the tables: id, or a file")
        )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Show, write or list, as the arguments say."""
    arguments.act(arguments, translate)
    return 0


# --- show ----------------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine.annual_statistics.reading import read_schools

    read = read_schools(arguments.input, layout=arguments.layout)
    if arguments.json:
        print(json.dumps(_document(read, translate), ensure_ascii=False))
        return
    for message in read.messages:
        print(message.render(translate))
    _print_schools(read, translate)


def _print_schools(read: Statistics, translate: Translate) -> None:
    from rich.table import Table

    from junheng.commands import display
    from junheng.engine.annual_statistics.layout import SCHOOL_STAGES
    from junheng.engine.annual_statistics.schools import STAGE_NAMES

    table = Table()
    for header in (N_("School"), N_("District"), N_("Kind")):
        table.add_column(translate(header), overflow="fold")
    for name in STAGE_NAMES.values():
        table.add_column(translate(name), justify="right")
    table.add_column(translate(N_("Not filled in")), justify="right")
    for school in read.schools:
        kind = read.layout.kind_of_code(school.kind_code)
        counts = [str(school.pupils.get(stage, "–")) for stage in SCHOOL_STAGES]
        missing = sum(amount is None for amount in school.amounts.values())
        table.add_row(
            school.name, school.county, kind.names[0] if kind else "", *counts, str(missing)
        )
    display.console().print(table)


def _document(read: Statistics, translate: Translate) -> dict[str, object]:
    return {
        "layout": {"id": read.layout.id, "digest": read.layout.digest},
        "is_layout_confirmed": read.layout.is_confirmed,
        "n_workbooks": read.n_workbooks,
        "n_points_added": read.n_points,
        "messages": [message.render(translate) for message in read.messages],
        "schools": [_school(school) for school in read.schools],
    }


def _school(school: School) -> dict[str, object]:
    amounts = {
        f"{stage}.{fact}" if stage else fact: None if amount is None else float(amount)
        for (stage, fact), amount in school.amounts.items()
    }
    return {
        "school_id": school.id or None,
        "school_name": school.name,
        "county": school.county or None,
        "kind_code": school.kind_code,
        "pupils": school.pupils,
        "amounts": amounts,
    }


# --- export --------------------------------------------------------------------------------------


def _export(arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine.annual_statistics import writing

    _check_folder(arguments.out)
    figures = _figures(arguments)
    is_by_school = arguments.by == SCHOOL
    write = writing.write_school_workbooks if is_by_school else writing.write_stage_workbooks
    names = write(figures, arguments.out)
    units = [f"{unit} {indicator}" for unit, indicator in figures.differences]
    if arguments.json:
        document = {
            "folder": str(arguments.out),
            "layout": figures.layout.id,
            "files": names,
            "differences": [list(difference) for difference in figures.differences],
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    print(
        say("Written: {n} workbooks to {folder}.", n=len(names), folder=str(arguments.out)).render(
            translate
        )
    )
    if units:
        told = say(
            "The tables cannot tell everything: {n} figures would come out otherwise ({units}).",
            n=len(units),
            units=", ".join(units),
        )
        print(told.render(translate))


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise DataError(say("{file} is a file. Name a folder.", file=str(folder)))
    if folder.exists() and any(folder.iterdir()):
        raise DataError(say("{folder} is not empty. Name a new folder.", folder=str(folder)))


def _figures(arguments: argparse.Namespace) -> SchoolFigures:
    from junheng.engine.annual_statistics.people import school_figures
    from junheng.engine.standard import person_level
    from junheng.engine.store.session import Session

    with Session() as session:
        day = person_level.statistics_date_of(session, arguments.input)
        return school_figures(
            session,
            arguments.input,
            ruleset(arguments.rules),
            statistics_date=day,
            layout=arguments.layout,
        )


# --- layouts -------------------------------------------------------------------------------------


def _layouts(arguments: argparse.Namespace, translate: Translate) -> None:
    from junheng.engine.annual_statistics.layout import layouts

    known = layouts()
    if arguments.json:
        rows = [
            {"id": one.id, "name": one.name.zh, "is_confirmed": one.is_confirmed} for one in known
        ]
        print(json.dumps({"layouts": rows}, ensure_ascii=False))
        return
    for one in known:
        words = N_("confirmed") if one.is_confirmed else N_("layout unconfirmed")
        print(f"{one.id}  {one.name.of(arguments.lang)}  ({translate(words)})")
        if one.note is not None:
            print(f"    {one.note.of(arguments.lang)}")

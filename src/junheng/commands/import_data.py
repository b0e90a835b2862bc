"""`junheng import`: what a file would change in the store; with --apply, change it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junheng.commands import site
from junheng.errors import DataError, TableFaults
from junheng.i18n import N_, say

if TYPE_CHECKING:
    import argparse

    from rich.table import Table

    from junheng.apps.intake.api import Outcome
    from junheng.engine.contracts.findings import Conflict, FieldFault
    from junheng.errors import Fault
    from junheng.i18n import Translate

KINDS = ("new", "changed", "unchanged", "removed")
FAULTY = 2


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "dataset",
        nargs="?",
        metavar="DATASET",
        help=_("dataset; all: those that sheets or files are named after"),
    )
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help=_("file, or a folder with a file each")
    )
    site.add_place(parser, _)
    parser.add_argument(
        "--whole", action="store_true", help=_("remove stored rows that the file leaves out")
    )
    parser.add_argument("--apply", action="store_true", help=_("write it; otherwise only look"))
    parser.add_argument(
        "--confirm", default="", metavar="REASON", help=_("go on though many rows would be removed")
    )
    parser.add_argument("--undo", metavar="IMPORT", help=_("take back an import by its number"))
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Look at a file, apply it, or undo an import; 2 when the file has faults."""
    with site.reading_everything("junheng import"):
        if arguments.undo:
            return _undo(arguments, translate)
        return _import(arguments, translate)


def _import(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.apps.intake.api import import_now

    path = _checked_path(arguments)
    outcome = import_now(
        bureau=site.bureau_of(arguments),
        first_year=site.year_of(arguments),
        path=path,
        datasets=() if arguments.dataset == site.ALL else (arguments.dataset,),
        is_whole=arguments.whole,
        applies=arguments.apply,
        confirmed_why=arguments.confirm,
    )
    if arguments.json:
        print(json.dumps(_as_json(outcome, translate), ensure_ascii=False))
        return FAULTY if outcome.n_faults else 0
    _print(outcome, translate)
    _print_conflicts(outcome, translate)
    if n_others := outcome.n_faults - outcome.n_conflicts:
        raise TableFaults(outcome.faults, n_others)
    return FAULTY if outcome.n_faults else 0


def _checked_path(arguments: argparse.Namespace) -> Path:
    if arguments.dataset is None or arguments.file is None:
        raise DataError(say("Name a dataset (or “all”) and a file."))
    path: Path = arguments.file
    if not path.exists():
        raise DataError(say("{file} does not exist. Check the path.", file=str(path)))
    return path


def _undo(arguments: argparse.Namespace, translate: Translate) -> int:
    from django.core.exceptions import ValidationError

    from junheng.apps.intake.api import import_undo
    from junheng.apps.intake.models import Import

    try:
        source = import_undo(import_id=arguments.undo, by=None)
    except (Import.DoesNotExist, ValidationError) as error:
        raise DataError(say("There is no import {number}.", number=arguments.undo)) from error
    if arguments.json:
        print(json.dumps({"import": str(source.pk), "state": source.state}))
    else:
        print(say("Undone: {file}.", file=source.file_name).render(translate))
    return 0


def _as_json(outcome: Outcome, translate: Translate) -> dict[str, Any]:
    return {
        "import": outcome.source and str(outcome.source.pk),
        "datasets": outcome.counts,
        "alarms": [alarm.message.render(translate) for alarm in outcome.alarms],
        "n_faults": outcome.n_faults - outcome.n_conflicts,
        "faults": [_fault_as_json(fault, translate) for fault in outcome.faults],
        "n_conflicts": outcome.n_conflicts,
        "conflicts": [_conflict_as_json(fault, translate) for fault in outcome.conflicts],
    }


def _fault_as_json(fault: Fault, translate: Translate) -> dict[str, Any]:
    return {
        "source": fault.source,
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "message": fault.render(translate),
    }


def _conflict_as_json(fault: FieldFault, translate: Translate) -> dict[str, Any]:
    conflict = fault.conflict
    return {
        **_fault_as_json(fault, translate),
        "dataset": conflict and conflict.dataset,
        "field": fault.field_id,
        "incoming": conflict and conflict.incoming,
        "stored": conflict and conflict.stored,
    }


def _print_conflicts(outcome: Outcome, translate: Translate) -> None:
    """Print each conflict with the row of the file and the stored one side by side."""
    from junheng.commands import display

    if not outcome.n_conflicts:
        return
    told = say("{n} conflicts with stored rows:", n=outcome.n_conflicts)
    print(told.render(translate))
    for fault in outcome.conflicts:
        print(fault.render(translate))
        if fault.conflict and (fault.conflict.incoming or fault.conflict.stored):
            display.console().print(_side_by_side(fault, fault.conflict, translate))
    if hidden := outcome.n_conflicts - len(outcome.conflicts):
        print(say("… and {n} more.", n=hidden).render(translate))


def _side_by_side(fault: FieldFault, conflict: Conflict, translate: Translate) -> Table:
    from rich.table import Table

    from junheng.engine import contracts

    contract = contracts.contract(conflict.dataset)
    table = Table()
    for header in (N_("Field"), N_("In the file"), N_("Stored")):
        table.add_column(translate(header), overflow="fold")
    for field_id in conflict.fields(contract, fault.field_id):
        sides = ((side or {}).get(field_id) for side in (conflict.incoming, conflict.stored))
        table.add_row(contract.field(field_id).header.zh, *(text or "–" for text in sides))
    return table


def _print(outcome: Outcome, translate: Translate) -> None:
    from rich.table import Table

    from junheng.commands import display
    from junheng.engine import contracts

    table = Table()
    table.add_column(translate(N_("Dataset")), overflow="fold")
    for header in (N_("New"), N_("Changed"), N_("Unchanged"), N_("Removed")):
        table.add_column(translate(header), justify="right")
    for dataset, counts in outcome.counts.items():
        name = contracts.contract(dataset).name.zh
        table.add_row(name, *(str(counts[kind]) for kind in KINDS))
    if outcome.counts:
        display.console().print(table)
    for alarm in outcome.alarms:
        print(alarm.message.render(translate))
    if outcome.source is not None:
        number = str(outcome.source.pk)
        print(say("Applied as import {number}.", number=number).render(translate))
    elif not outcome.n_faults:
        print(translate(N_("Nothing was written. Add --apply to write it.")))

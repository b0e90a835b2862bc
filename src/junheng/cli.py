"""`junheng ...`: parse arguments, call one function, print.

Exit codes: 0 done, 2 bad input (message on standard error, nothing written), 1 internal fault.
Everything heavy is imported inside the command that needs it: `junheng assess` on a district's
table answers in well under a second.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from junheng import __version__
from junheng.errors import JunhengError
from junheng.i18n import Translate, say, translator

BAD_INPUT = 2
INTERNAL_FAULT = 1
INTERRUPTED = 130

Command = Callable[[argparse.Namespace, Translate], int]
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    translate = translator(_language(words))
    arguments = build_parser(translate, words[0] if words else None).parse_args(words)
    arguments.lang = _language(words)
    command: Command = arguments.command
    try:
        return command(arguments, translate)
    except JunhengError as error:
        print(error.render(translate), file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # The reader has closed its end (`| head`): nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("JUNHENG_DEBUG"):
            raise
        fault = say("Internal fault: {error}. Set JUNHENG_DEBUG=1 to see where.", error=repr(error))
        print(fault.render(translate), file=sys.stderr)
        return INTERNAL_FAULT


def _language(words: Sequence[str]) -> str:
    """Chinese, unless `--lang`, `JUNHENG_LANG` or `LANG` asks for English by name."""
    named = os.environ.get("JUNHENG_LANG") or os.environ.get("LANG", "")
    for before, word in itertools.pairwise(["", *words]):
        if before == "--lang":
            named = word
        elif word.startswith("--lang="):
            named = word.removeprefix("--lang=")
    return "en" if named.startswith("en") else "zh"


# --- arguments -----------------------------------------------------------------------------------


def build_parser(_: Translate, named: str | None = None) -> argparse.ArgumentParser:
    """Return the parser, its help in the language of the translation.

    It knows the one command that is `named`, and all of them when none is: to make those that
    nobody asked for takes 0.06 CPU s.
    """
    parser = argparse.ArgumentParser(
        prog="junheng",
        description=_("Junheng: measure and reach balanced compulsory education."),
        epilog=_("Example: {command}").format(command="junheng assess schools.csv"),
    )
    parser.add_argument("--version", action="version", version=f"junheng {__version__}")
    _add_language(parser, _)
    commands = parser.add_subparsers(title=_("commands"), required=True, metavar="COMMAND")
    wanted = [add for add, names in ADDING.items() if named in names]
    for add in wanted or ADDING:
        add(commands, _)
    return parser


def _add_language(parser: argparse.ArgumentParser, _: Translate) -> None:
    parser.add_argument("--lang", choices=["zh", "en"], help=_("language of messages"))


def _command(
    commands: Commands, name: str, run: Command, _: Translate, *, about: str, example: str
) -> argparse.ArgumentParser:
    epilog = _("Example: {command}").format(command=example)
    parser = commands.add_parser(name, help=about, description=about, epilog=epilog)
    _add_language(parser, _)
    parser.set_defaults(command=run)
    return parser


def _add_input(parser: argparse.ArgumentParser, _: Translate) -> None:
    parser.add_argument("--rules", metavar="ID|FILE", help=_("rule set: id, id@version, or a file"))
    parser.add_argument(
        "--mapping", metavar="ID|FILE", help=_("mapping that makes a unit table of a foreign table")
    )
    parser.add_argument(
        "--district-wide",
        action="store_true",
        help=_("with --mapping: take the whole file as one district"),
    )
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=_("statistics date of a folder of datasets; none: 1 September of its year"),
    )
    parser.add_argument("--sheet", help=_("sheet of a workbook that has several"))
    parser.add_argument(
        "--layout",
        metavar="ID|FILE",
        help=_("read annual returns of schools by this layout: id, or a file"),
    )
    parser.add_argument(
        "--ignore-unknown", action="store_true", help=_("report unknown columns and go on")
    )


def _add_json(parser: argparse.ArgumentParser, _: Translate) -> None:
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def _add_assess(commands: Commands, _: Translate) -> None:
    parser = _command(
        commands,
        "assess",
        _assess,
        _,
        about=_("measure a table of stage units against a standard"),
        example="junheng assess schools.xlsx --out results",
    )
    parser.add_argument(
        "input",
        type=Path,
        help=_("unit table (.csv, .xlsx, .xls, .parquet), or a workbook or folder of datasets"),
    )
    _add_input(parser, _)
    parser.add_argument(
        "--engine",
        choices=["duckdb", "spark"],
        default="duckdb",
        help=_("where the SQL runs: in this process, or on a Spark cluster"),
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=_("write a workbook and Parquet files here")
    )
    _add_json(parser, _)


def _add_working(commands: Commands, _: Translate) -> None:
    parser = _command(
        commands,
        "working",
        _working,
        _,
        about=_("show how one figure comes about, term by term"),
        example="junheng working 3153990001-1 R4 --input schools.csv",
    )
    parser.add_argument(
        "unit", help=_("unit id; or primary / junior for a coefficient of variation")
    )
    parser.add_argument("indicator", help=_("indicator, e.g. R4"))
    parser.add_argument(
        "--input",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("unit table (.csv, .xlsx, .xls, .parquet), or a workbook or folder of datasets"),
    )
    parser.add_argument("--county", help=_("county, when the table holds several"))
    _add_input(parser, _)
    _add_json(parser, _)


def _add_reconcile(commands: Commands, _: Translate) -> None:
    parser = _command(
        commands,
        "reconcile",
        _reconcile,
        _,
        about=_("compare the result of a monitoring platform with our own, cell by cell"),
        example="junheng reconcile schools.csv platform.xlsx",
    )
    parser.add_argument(
        "input",
        type=Path,
        metavar="FILE",
        help=_("unit table (.csv, .xlsx, .xls, .parquet), or a workbook or folder of datasets"),
    )
    parser.add_argument(
        "result", type=Path, metavar="RESULT", help=_("table of the platform's result")
    )
    parser.add_argument(
        "--result-layout",
        type=Path,
        metavar="FILE",
        help=_("layout of that table (.toml); none: the one that comes with the product"),
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=_("workbook of the differences to write (.xlsx)")
    )
    _add_input(parser, _)
    _add_json(parser, _)


def _add_rules(commands: Commands, _: Translate) -> None:
    parser = _command(
        commands,
        "rules",
        _rules,
        _,
        about=_("list rule sets, or show every row of one with its source"),
        example="junheng rules cn-2017-quality",
    )
    parser.add_argument("ruleset", nargs="?", help=_("rule set: id, id@version, or a file"))
    parser.add_argument(
        "--sql", action="store_true", help=_("print the SQL text that the rule set becomes")
    )
    _add_json(parser, _)


def _add_quality(commands: Commands, _: Translate) -> None:
    parser = _command(
        commands,
        "quality",
        _quality,
        _,
        about=_("find suspicious figures and what hangs on them"),
        example="junheng quality schools.csv --last-year schools-2024.csv",
    )
    parser.add_argument("input", type=Path, help=_("unit table: .csv, .xlsx, .xls or .parquet"))
    _add_input(parser, _)
    parser.add_argument(
        "--last-year", type=Path, metavar="FILE", help=_("the table of the year before")
    )
    parser.add_argument(
        "--quality-rules",
        action="append",
        metavar="ID|FILE",
        help=_("further rules for suspicious figures; may be given more than once"),
    )
    _add_json(parser, _)


def _add_growth(commands: Commands, _: Translate) -> None:
    from junheng.commands import growth

    parser = _command(
        commands,
        "growth",
        growth.run,
        _,
        about=_("value added: how far groups are above what earlier marks foretell"),
        example="junheng growth fit marks.csv --outcome score --covariates prior --groups school",
    )
    growth.add_arguments(parser, _)


def _add_template(commands: Commands, _: Translate) -> None:
    from junheng.commands import template

    parser = _command(
        commands,
        "template",
        template.run,
        _,
        about=_("write a workbook to fill in, or list the datasets"),
        example="junheng template pupils staff --out template.xlsx",
    )
    template.add_arguments(parser, _)


def _add_statistics(commands: Commands, _: Translate) -> None:
    from junheng.commands import statistics

    parser = _command(
        commands,
        "statistics",
        statistics.run,
        _,
        about=_("annual returns of schools: show them, or write them from a folder of datasets"),
        example="junheng statistics show returns",
    )
    statistics.add_arguments(parser, _)


def _add_mappings(commands: Commands, _: Translate) -> None:
    from junheng.commands import mappings

    parser = _command(
        commands,
        "mappings",
        mappings.run,
        _,
        about=_("list mappings of other systems' tables, or put one right"),
        example="junheng mappings pupil-register --check export.xls",
    )
    mappings.add_arguments(parser, _)


def _add_snapshot(commands: Commands, _: Translate) -> None:
    from junheng.commands import snapshot

    parser = _command(
        commands,
        "snapshot",
        snapshot.run,
        _,
        about=_("freeze a folder of datasets, check and recompute what was frozen"),
        example="junheng snapshot make people --out 2025 --key district.key",
    )
    snapshot.add_arguments(parser, _)


def _add_import(commands: Commands, _: Translate) -> None:
    from junheng.commands import import_data

    parser = _command(
        commands,
        "import",
        import_data.run,
        _,
        about=_("show what a file would change in the stored data; change it; take it back"),
        example="junheng import pupils pupils.xlsx --bureau 990101 --year 2025 --apply",
    )
    import_data.add_arguments(parser, _)


def _add_export(commands: Commands, _: Translate) -> None:
    from junheng.commands import export_data

    parser = _command(
        commands,
        "export",
        export_data.run,
        _,
        about=_("write stored data as files that can be imported again"),
        example="junheng export rooms --bureau 990101 --year 2025 --out rooms.xlsx",
    )
    export_data.add_arguments(parser, _)


def _add_person(commands: Commands, _: Translate) -> None:
    from junheng.commands import person

    parser = _command(
        commands,
        "person",
        person.run,
        _,
        about=_("write what is held about one person; forget them"),
        example="junheng person export pupils P0000001 --bureau 990101 --out folder",
    )
    person.add_arguments(parser, _)


def _add_site(commands: Commands, _: Translate) -> None:
    demo = _command(
        commands,
        "demo",
        _demo,
        _,
        about=_("load the sample district and serve the site"),
        example="junheng demo --district village",
    )
    demo.add_argument(
        "--district", metavar="NAME", help=_("another simulated district; each has its own data")
    )
    demo.add_argument(
        "--quick", action="store_true", help=_("the smallest district: ready soonest")
    )
    serve = _command(
        commands, "serve", _serve, _, about=_("serve the site"), example="junheng serve --port 8000"
    )
    serve.add_argument(
        "--dev", action="store_true", help=_("for development: reload the site on every change")
    )
    for parser in (demo, serve):
        parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on"))
        parser.add_argument("--port", type=int, default=8000, help=_("port to listen on"))
    _command(
        commands,
        "worker",
        _worker,
        _,
        about=_("run background jobs"),
        example="junheng worker",
    )
    manage = _command(
        commands,
        "manage",
        _manage,
        _,
        about=_("run a Django management command"),
        example="junheng manage migrate",
    )
    manage.add_argument("arguments", nargs=argparse.REMAINDER, help=_("command and its arguments"))


def _add_backup(commands: Commands, _: Translate) -> None:
    from junheng.commands import backup, restore

    making = _command(
        commands,
        "backup",
        backup.run,
        _,
        about=_("copy database and files to a folder and restore them for trial"),
        example="junheng backup /backup/2026-11-23 --keys /safe/junheng",
    )
    backup.add_arguments(making, _)
    restoring = _command(
        commands,
        "restore",
        restore.run,
        _,
        about=_("put a backup in the place of what the site holds"),
        example="junheng restore /backup/2026-11-23 --replace",
    )
    restore.add_arguments(restoring, _)


def _add_verify_audit(commands: Commands, _: Translate) -> None:
    from junheng.commands import verify_audit

    parser = _command(
        commands,
        "verify-audit",
        verify_audit.run,
        _,
        about=_("prove that the audit log is whole and as it was written"),
        example="junheng verify-audit --head /safe/audit-heads.jsonl",
    )
    verify_audit.add_arguments(parser, _)


def _add_upgrade(commands: Commands, _: Translate) -> None:
    from junheng.commands import upgrade

    parser = _command(
        commands,
        "upgrade",
        upgrade.run,
        _,
        about=_("bring the site to the version of a bundle, or leave it as it was"),
        example="junheng upgrade junheng-0.2.0-offline.tar",
    )
    upgrade.add_arguments(parser, _)


ADDING: Mapping[Callable[[Commands, Translate], None], tuple[str, ...]] = {
    _add_assess: ("assess",),
    _add_working: ("working",),
    _add_reconcile: ("reconcile",),
    _add_rules: ("rules",),
    _add_quality: ("quality",),
    _add_growth: ("growth",),
    _add_template: ("template",),
    _add_mappings: ("mappings",),
    _add_statistics: ("statistics",),
    _add_snapshot: ("snapshot",),
    _add_import: ("import",),
    _add_export: ("export",),
    _add_site: ("demo", "serve", "worker", "manage"),
    _add_person: ("person",),
    _add_backup: ("backup", "restore"),
    _add_verify_audit: ("verify-audit",),
    _add_upgrade: ("upgrade",),
}
"""What adds which commands to a parser, in the order of the help."""


# --- commands ------------------------------------------------------------------------------------


def _assess(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import assess

    return assess.run(arguments, translate)


def _working(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import working

    return working.run(arguments, translate)


def _reconcile(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import reconcile

    return reconcile.run(arguments, translate)


def _rules(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import rules

    return rules.run(arguments, translate)


def _quality(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import quality

    return quality.run(arguments, translate)


def _demo(arguments: argparse.Namespace, _: Translate) -> int:
    from junheng.web import demo

    named = arguments.district or (demo.SMALLEST if arguments.quick else demo.DISTRICT)
    os.environ["JUNHENG_LANG"] = arguments.lang
    return demo.run(host=arguments.host, port=arguments.port, district=named)


def _serve(arguments: argparse.Namespace, _: Translate) -> int:
    from junheng.web import run

    return run.serve(host=arguments.host, port=arguments.port, dev=arguments.dev)


def _worker(_: argparse.Namespace, __: Translate) -> int:
    from junheng.web import run

    return run.worker()


def _manage(arguments: argparse.Namespace, _: Translate) -> int:
    from junheng.web import run

    return run.manage(arguments.arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`junheng ...`: parse arguments, call one function, print.

Exit codes: 0 done, 2 bad input (message on standard error, nothing written), 1 internal fault.
Everything heavy is imported inside the command that needs it: `junheng assess` on a district's
table answers in well under a second.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from junheng import __version__
from junheng.errors import JunhengError
from junheng.i18n import Translate, say, translator

BAD_INPUT = 2
INTERNAL_FAULT = 1

Command = Callable[[argparse.Namespace, Translate], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    translate = translator(arguments.lang)
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
        return 130
    except Exception as error:
        if os.environ.get("JUNHENG_DEBUG"):
            raise
        fault = say("Internal fault: {error}. Set JUNHENG_DEBUG=1 to see where.", error=repr(error))
        print(fault.render(translate), file=sys.stderr)
        return INTERNAL_FAULT


# --- arguments -----------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="junheng",
        description="均衡 Junheng: measure and reach balanced compulsory education.",
        epilog="Example: junheng assess schools.csv",
    )
    parser.add_argument("--version", action="version", version=f"junheng {__version__}")
    parser.add_argument(
        "--lang", default=_default_language(), choices=["zh", "en"], help="language of messages"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_assess(commands)
    _add_working(commands)
    _add_rules(commands)
    _add_site(commands)
    return parser


def _default_language() -> str:
    """Chinese, unless `JUNHENG_LANG` or `LANG` asks for English by name."""
    named = os.environ.get("JUNHENG_LANG") or os.environ.get("LANG", "")
    return "en" if named.startswith("en") else "zh"


Subparsers = argparse._SubParsersAction


def _command(
    commands: Subparsers[argparse.ArgumentParser],
    name: str,
    run: Command,
    *,
    about: str,
    example: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about, epilog=f"Example: {example}")
    parser.add_argument(
        "--lang", default=argparse.SUPPRESS, choices=["zh", "en"], help="language of messages"
    )
    parser.set_defaults(command=run)
    return parser


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", metavar="ID|FILE", help="rule set by id, id@version, or file")
    parser.add_argument(
        "--mapping", metavar="ID|FILE", help="mapping that turns a foreign table into a unit table"
    )
    parser.add_argument(
        "--district-wide",
        action="store_true",
        help="with --mapping: take the whole file as one district",
    )
    parser.add_argument("--sheet", help="sheet of a workbook that has several")
    parser.add_argument(
        "--ignore-unknown", action="store_true", help="report unknown columns and go on"
    )


def _add_assess(commands: Subparsers[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands,
        "assess",
        _assess,
        about="measure a table of stage units against a standard",
        example="junheng assess schools.xlsx --out results",
    )
    parser.add_argument("input", type=Path, help="unit table: .csv, .xlsx or .parquet")
    _add_input(parser)
    parser.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write a workbook and Parquet files here"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )


def _add_working(commands: Subparsers[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands,
        "working",
        _working,
        about="show how one figure comes about, term by term",
        example="junheng working 3153990001-1 R4 --input schools.csv",
    )
    parser.add_argument("unit", help="unit id; or primary / junior for a coefficient of variation")
    parser.add_argument("indicator", help="indicator, e.g. R4")
    parser.add_argument("--input", type=Path, required=True, help="unit table")
    parser.add_argument("--county", help="county code, when the table holds several")
    _add_input(parser)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )


def _add_rules(commands: Subparsers[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands,
        "rules",
        _rules,
        about="list rule sets, or show every row of one with its source",
        example="junheng rules cn-2017-quality",
    )
    parser.add_argument("ruleset", nargs="?", help="id, id@version, or file")
    parser.add_argument(
        "--sql", action="store_true", help="print the SQL text that the rule set becomes"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )


def _add_site(commands: Subparsers[argparse.ArgumentParser]) -> None:
    demo = _command(
        commands,
        "demo",
        _demo,
        about="load the sample district and serve the site",
        example="junheng demo",
    )
    serve = _command(
        commands, "serve", _serve, about="serve the site", example="junheng serve --port 8000"
    )
    serve.add_argument(
        "--dev", action="store_true", help="development: reload on change, asset server beside it"
    )
    for parser in (demo, serve):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
    _command(commands, "worker", _worker, about="run background jobs", example="junheng worker")
    manage = _command(
        commands,
        "manage",
        _manage,
        about="run a Django management command",
        example="junheng manage migrate",
    )
    manage.add_argument("arguments", nargs=argparse.REMAINDER)


# --- commands ------------------------------------------------------------------------------------


def _assess(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import assess

    return assess.run(arguments, translate)


def _working(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import working

    return working.run(arguments, translate)


def _rules(arguments: argparse.Namespace, translate: Translate) -> int:
    from junheng.commands import rules

    return rules.run(arguments, translate)


def _demo(arguments: argparse.Namespace, _: Translate) -> int:
    from junheng.web import demo

    return demo.run(host=arguments.host, port=arguments.port)


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

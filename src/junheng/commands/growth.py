"""`junheng growth`: value-added models of a table of marks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import display
from junheng.engine import growth
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.i18n import N_, Translate, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from rich.table import Table

    from junheng.engine.growth import Effect, Fit
    from junheng.i18n import Message

MAX_EFFECTS_SHOWN = 100
TWO_SIDED_95 = 1.959964
"""Standard errors that an interval of 95 % reaches to either side."""


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add what can be done with value-added models."""
    actions = parser.add_subparsers(title=_("actions"), required=True, metavar="ACTION")
    about = _("fit a multilevel model: effects of covariates, and of schools and classes")
    example = (
        "junheng growth fit marks.csv --outcome score --covariates prior --groups school/class"
    )
    fit = actions.add_parser(
        "fit",
        help=about,
        description=about,
        epilog=_("Example: {command}").format(command=example),
    )
    fit.add_argument("--lang", choices=["zh", "en"], help=_("language of messages"))
    fit.add_argument(
        "data", type=Path, metavar="DATA", help=_("table of marks: .csv, .xlsx, .xls or .parquet")
    )
    fit.add_argument(
        "--outcome", required=True, metavar="COLUMN", help=_("the marks to be explained")
    )
    fit.add_argument(
        "--covariates",
        default="",
        metavar="A,B",
        help=_("what goes before: columns, a:b for an interaction, a*b for both and it"),
    )
    fit.add_argument(
        "--groups",
        required=True,
        metavar="GROUPS",
        help=_("school/class: class within school; pupil+teacher: both at once"),
    )
    fit.add_argument(
        "--slopes",
        default="",
        metavar="GROUP:COLUMN",
        help=_("covariates whose effect varies between groups, parted by commas"),
    )
    fit.add_argument(
        "--reference",
        action="append",
        default=[],
        metavar="COLUMN=TEXT",
        help=_("text that others are compared with; may be given more than once"),
    )
    fit.add_argument(
        "--method",
        choices=["reml", "ml"],
        default="reml",
        help=_("restricted or full maximum likelihood"),
    )
    fit.add_argument("--sheet", help=_("sheet of a workbook that has several"))
    fit.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )
    fit.set_defaults(act=_fit)


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Do what was asked."""
    done: int = arguments.act(arguments, translate)
    return done


def _fit(arguments: argparse.Namespace, translate: Translate) -> int:
    model = growth.model_of(
        arguments.outcome,
        _listed(arguments.covariates),
        arguments.groups,
        slopes=_listed(arguments.slopes),
        references=arguments.reference,
        method=arguments.method,
    )
    with Session() as session, display.progress(translate("Reading and fitting ...")):
        fit = growth.fit(open_table(session, arguments.data, sheet=arguments.sheet), model)
    if arguments.json:
        print(json.dumps(_document(fit), ensure_ascii=False, allow_nan=False))
    else:
        _print(fit, translate)
    sys.stdout.flush()
    return 0


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


# --- for people ----------------------------------------------------------------------------------


def _print(fit: Fit, translate: Translate) -> None:
    from rich.table import Table

    out = display.console()
    for line in _summary(fit):
        out.print(line.render(translate))
    fixed = Table(title=translate(N_("Effects of covariates")), title_justify="left")
    for header in (N_("Covariate"), N_("Effect"), N_("Standard error")):
        fixed.add_column(translate(header), justify="left" if header == "Covariate" else "right")
    for one in fit.fixed:
        fixed.add_row(one.name, display.number(one.estimate, 4), display.number(one.se, 4))
    out.print(fixed)
    shares = Table(title=translate(N_("Where the differences lie")), title_justify="left")
    for header in (N_("Groups"), N_("Effect"), N_("Variance")):
        shares.add_column(translate(header), justify="right" if header == "Variance" else "left")
    for variance in fit.variances:
        for ix, term in enumerate(variance.terms):
            shares.add_row(variance.group, term, display.number(variance.cov[ix][ix], 4))
    shares.add_row(translate(N_("Residual")), "", display.number(fit.residual, 4))
    out.print(shares)
    out.print(_effects(fit.effects, translate))
    if len(fit.effects) > MAX_EFFECTS_SHOWN:
        more = say("... and {n} more; --json gives each.", n=len(fit.effects) - MAX_EFFECTS_SHOWN)
        out.print(more.render(translate))


def _summary(fit: Fit) -> Iterator[Message]:
    yield say("{n} rows, {dropped} left out as incomplete.", n=fit.n, dropped=fit.n_dropped)
    if fit.is_singular:
        yield say(
            "Some groups do not differ beyond what residuals explain, or their effects depend on "
            "each other entirely: a variance below is zero or has no say of its own."
        )


def _effects(effects: tuple[Effect, ...], translate: Translate) -> Table:
    from rich.table import Table

    shown = Table(
        title=translate(N_("Effects of groups, with the interval that holds the true one in 95 %")),
        title_justify="left",
    )
    for header in (N_("Groups"), N_("Group"), N_("Effect")):
        shown.add_column(translate(header))
    for header in (N_("Estimate"), N_("from"), N_("to")):
        shown.add_column(translate(header), justify="right")
    shown.add_column(translate(N_("Beside the mean")))
    for one in effects[:MAX_EFFECTS_SHOWN]:
        low, high = one.estimate - TWO_SIDED_95 * one.se, one.estimate + TWO_SIDED_95 * one.se
        word = N_("above") if low > 0 else N_("below") if high < 0 else N_("not to be told apart")
        figures = [display.number(value, 3) for value in (one.estimate, low, high)]
        shown.add_row(one.group, one.level, one.term, *figures, translate(word))
    return shown


# --- for programs --------------------------------------------------------------------------------


def _document(fit: Fit) -> dict[str, object]:
    return {
        "criterion": fit.criterion,
        "method": fit.method,
        "n": fit.n,
        "n_dropped": fit.n_dropped,
        "fixed": [{"name": one.name, "estimate": one.estimate, "se": one.se} for one in fit.fixed],
        "variances": [
            {
                "group": one.group,
                "terms": list(one.terms),
                "cov": [list(row) for row in one.cov],
            }
            for one in fit.variances
        ],
        "residual": fit.residual,
        "effects": [
            {
                "group": one.group,
                "level": one.level,
                "term": one.term,
                "estimate": one.estimate,
                "se": one.se,
            }
            for one in fit.effects
        ],
        "singular": fit.is_singular,
    }

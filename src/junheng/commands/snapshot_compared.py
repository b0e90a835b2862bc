"""Two snapshots beside each other, as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.commands import display
from junheng.engine.standard.words import STATUS_WORDS
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from junheng.engine.snapshot import Comparison, Difference
    from junheng.i18n import Translate

MAX_DIFFERENCES_SHOWN = 200
WORDS = {
    "pupils": N_("Pupils"),
    "verdict": N_("Verdict"),
    "n_met": N_("Met"),
    "school_name": N_("School"),
    "status": N_("Status"),
    "resource_allocation": N_("Resource allocation"),
}
SHOWN = {
    "units": ("pupils", "verdict", "n_met", "school_name"),
    "cells": ("value", "status"),
    "facts": ("value",),
    "dispersion": ("cv", "status"),
    "left_out": (),
    "counties": ("resource_allocation",),
}
"""Columns told to people; `--json` tells all of them."""


def tell(comparison: Comparison, translate: Translate) -> None:
    """Print what differs, schools by name; the figures that matter most, 200 at most."""
    if not comparison.is_same_ruleset:
        print(translate("The two were measured by different rules."))
    of_schools = [d for school in comparison.schools for d in school.differences]
    found = [*comparison.counties, *comparison.coefficients, *of_schools]
    if not found:
        print(translate("No figure differs."))
        return
    shown = [d for d in found if not d.column or d.column in SHOWN[d.table]]
    _print_table(comparison, shown[:MAX_DIFFERENCES_SHOWN], translate)
    line = say(
        "{n} schools and {coefficients} coefficients differ.",
        n=len(comparison.schools),
        coefficients=len({d.key for d in comparison.coefficients}),
    )
    print(line.render(translate))
    if len(shown) > MAX_DIFFERENCES_SHOWN:
        more = say("... and {n} more; --json tells all.", n=len(shown) - MAX_DIFFERENCES_SHOWN)
        print(more.render(translate))


def _print_table(
    comparison: Comparison, differences: list[Difference], translate: Translate
) -> None:
    from rich.table import Table

    names = {d.key[0]: s.school_name for s in comparison.schools for d in s.differences}
    table = Table()
    for header in (N_("School"), N_("What"), N_("Before"), N_("After")):
        table.add_column(translate(header), overflow="fold")
    for difference in differences:
        school = names.get(difference.key[0], "")
        before, after = (_shown(value, translate) for value in _sides(difference, translate))
        table.add_row(school, _figure(difference, translate), before, after)
    display.console().print(table)


def _figure(difference: Difference, translate: Translate) -> str:
    word = WORDS.get(difference.column)
    return " ".join((*difference.key, translate(word) if word else ""))


def _sides(difference: Difference, translate: Translate) -> tuple[object, object]:
    if difference.change == "changed":
        return difference.before, difference.after
    there = translate("there")
    return (there, None) if difference.change == "removed" else (None, there)


def _shown(value: object, translate: Translate) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:,.2f}"
    text = str(value)
    return translate(STATUS_WORDS[text]) if text in STATUS_WORDS else text

"""`junheng reconcile`: the result of a monitoring platform beside our own, with causes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from junheng.commands.inputs import read_input, session_for
from junheng.engine import standard
from junheng.engine.reconciliation import comparing, layout, platform_file
from junheng.engine.standard.words import STAGE_WORDS
from junheng.engine.store.workbook import SheetData, write_workbook
from junheng.errors import DataError
from junheng.i18n import N_, say

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from junheng.engine.reconciliation.comparing import Difference, Reconciliation
    from junheng.engine.standard import RuleSet
    from junheng.i18n import Translate

CAUSES = {
    "rounding": N_("rounded before it was judged"),
    "source_figure": N_("a source figure differs"),
    "other_enrolment": N_("other enrolment"),
    "source_figure_and_enrolment": N_("a source figure and enrolment differ"),
    "follows_from_cells": N_("cells, units or enrolment of the stage differ"),
    "other_method": N_("other formula: not weighted by enrolment"),
    "other_limit": N_("other threshold, relief or rule set"),
    "missing_here": N_("no figure on our side"),
    "missing_there": N_("no figure on the platform"),
    "unexplained": N_("not explained by what the platform tells"),
    comparing.UNIT_MISSING_HERE: N_("the unit is missing on our side"),
    comparing.UNIT_MISSING_THERE: N_("the unit is missing on the platform"),
    comparing.UNIT_OTHER_STAGE: N_("the unit has another stage on the platform"),
}


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Compare, and tell every cell that differs."""
    rules = layout.load(arguments.result_layout or layout.FILE)
    with session_for(arguments.input) as session:
        assessment = standard.assess(read_input(session, arguments))
        theirs = platform_file.read(session, arguments.result, rules, assessment.ruleset)
        found = comparing.compare(assessment, theirs, rules)
    if arguments.out:
        _write(arguments.out, _sheets(found, assessment.ruleset, arguments.lang, translate))
    if arguments.json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return 0
    _tell(found, assessment.ruleset, arguments.lang, translate)
    if rules.confirmation == "D":
        print(translate("This layout was never compared with a real file of a platform."))
    return 0


def _write(path: Path, sheets: dict[str, SheetData]) -> None:
    try:
        write_workbook(path, sheets)
    except OSError as error:
        message = say(
            "{folder} cannot be written to: {reason}. Choose a folder with room and rights.",
            folder=path.parent,
            reason=error.strerror or str(error),
        )
        raise DataError(message) from error


def _tell(found: Reconciliation, ruleset: RuleSet, language: str, translate: Translate) -> None:
    for difference in found.differences:
        print(_line(difference, ruleset, language, translate))
    summary = say(
        "{n} differences in {cells} cells and {coefficients} coefficients.",
        n=len(found.differences),
        cells=found.n_cells,
        coefficients=found.n_coefficients,
    )
    print(summary.render(translate))
    for cause, n in comparing.counted(found.differences).items():
        print(f"  {n}  {translate(CAUSES[cause])}")


def _line(d: Difference, ruleset: RuleSet, language: str, translate: Translate) -> str:
    which = " ".join(part for part in (d.unit_id, d.school_name) if part) or "CV"
    named = _facts(d, ruleset, language, translate)
    cause = translate(CAUSES[d.cause]) + (f" ({named})" if named else "")
    place = f"{which}  {translate(STAGE_WORDS[d.stage])}  {d.indicator or '-'}"
    return f"{place}  {_number(d.ours)} | {_number(d.theirs)}  {cause}"


def _facts(d: Difference, ruleset: RuleSet, language: str, translate: Translate) -> str:
    names = {fact.id: fact.name.of(language) for fact in ruleset.facts}
    return translate(", ").join(names[name] for name in d.facts)


def _sheets(
    found: Reconciliation, ruleset: RuleSet, language: str, _: Translate
) -> dict[str, SheetData]:
    """One row a difference, with room to write down who decides, what and why."""
    headers = [_("Stage unit"), _("School"), _("Stage"), _("Indicator"), _("Our value")]
    headers += [_("Value on the platform"), _("Cause"), _("Source figures that differ")]
    headers += [_("Decision"), _("Reason"), _("Decided by, on")]
    rows: list[list[object]] = [
        [
            d.unit_id or "CV",
            d.school_name,
            _(STAGE_WORDS[d.stage]),
            d.indicator,
            d.ours,
            d.theirs,
            _(CAUSES[d.cause]),
            _facts(d, ruleset, language, _),
            None,
            None,
            None,
        ]
        for d in found.differences
    ]
    return {_("Differences"): SheetData(headers, rows, {})}


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"

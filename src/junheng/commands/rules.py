"""`junheng rules`: the rule sets, every row with its source, what is not yet confirmed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from junheng.commands import display
from junheng.commands.inputs import ruleset as find
from junheng.engine import standard
from junheng.engine.standard import definition
from junheng.i18n import N_, Translate, say

if TYPE_CHECKING:
    import argparse
    from fractions import Fraction

    from rich.console import Console

    from junheng.engine.standard.ruleset import RuleSet, Source


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """List the rule sets, or show one."""
    if arguments.ruleset is None:
        _list(arguments, translate)
    elif arguments.sql:
        print(definition.text(find(arguments.ruleset)))
    elif arguments.json:
        print(json.dumps(_as_json(find(arguments.ruleset)), ensure_ascii=False))
    else:
        _show(find(arguments.ruleset), arguments.lang, translate)
    return 0


def _list(arguments: argparse.Namespace, translate: Translate) -> None:
    from rich.table import Table

    refs = standard.available()
    if arguments.json:
        rows = [
            {"id": r.id, "version": r.version, "name": r.name.zh, "document": r.document}
            for r in refs
        ]
        print(json.dumps({"rulesets": rows}, ensure_ascii=False))
        return
    table = Table()
    for header in (N_("Rule set"), N_("Name"), N_("Document")):
        table.add_column(translate(header), overflow="fold")
    for ref in refs:
        table.add_row(f"{ref.id}@{ref.version}", ref.name.of(arguments.lang), ref.document)
    display.console().print(table)


def _show(rules: RuleSet, language: str, translate: Translate) -> None:
    from rich.table import Table

    out = display.console()
    out.print(
        f"[bold]{rules.name.of(language)}[/bold]  {rules.document}  {rules.id}@{rules.version}"
    )
    table = Table()
    for header in (N_("No."), N_("Item"), N_("Threshold"), N_("Source"), N_("Confirmation")):
        table.add_column(translate(header), overflow="fold")
    for i in rules.indicators:
        limits = " / ".join("–" if t is None else _number(t) for t in i.thresholds.values())
        table.add_row(i.id, i.name.of(language), limits, *_source(i.source))
    for item in rules.items:
        table.add_row(item.id, item.name.of(language), "", *_source(item.source))
    for veto in rules.vetoes:
        table.add_row(veto.id, veto.name.of(language), translate("veto"), *_source(veto.source))
    out.print(table)
    _print_open(rules, out, translate)


def _print_open(rules: RuleSet, out: Console, translate: Translate) -> None:
    unconfirmed = [row for row, source in rules.all_sources if not source.is_confirmed]
    if unconfirmed:
        message = say(
            "{n} rows not yet confirmed against the document: {rows}",
            n=len(unconfirmed),
            rows=", ".join(unconfirmed),
        )
        out.print(message.render(translate))


def _source(source: Source) -> tuple[str, str]:
    return f"{source.document} {source.clause}".strip(), source.confirmation


def _number(value: Fraction) -> str:
    return f"{float(value):g}"


def _as_json(rules: RuleSet) -> dict[str, object]:
    return {
        "id": rules.id,
        "version": rules.version,
        "digest": rules.digest,
        "indicators": [
            {
                "id": i.id,
                "name": i.name.zh,
                "thresholds": {s: None if t is None else float(t) for s, t in i.thresholds.items()},
                "confirmation": i.source.confirmation,
            }
            for i in rules.indicators
        ],
        "items": [
            {"id": i.id, "name": i.name.zh, "confirmation": i.source.confirmation}
            for i in rules.items
        ],
        "vetoes": [
            {"id": v.id, "name": v.name.zh, "confirmation": v.source.confirmation}
            for v in rules.vetoes
        ],
    }

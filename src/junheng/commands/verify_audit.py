"""`junheng verify-audit`: prove that the audit log is whole and as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.commands import site
from junheng.i18n import say

if TYPE_CHECKING:
    import argparse

    from junheng.apps.audit.api import Verified
    from junheng.i18n import Translate

TAMPERED = 2
SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser, _: Translate) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "--head",
        type=Path,
        metavar="FILE",
        help=_("compare with this copy of the heads; else with the file of this site, if any"),
    )
    parser.add_argument(
        "--json", action="store_true", help=_("print one JSON object and nothing else")
    )


def run(arguments: argparse.Namespace, translate: Translate) -> int:
    """Verify the log: 0 when it is whole, 2 when anything was changed, added or taken away."""
    with site.reading_everything("junheng verify-audit"):
        verified = _verified(arguments.head)
    if arguments.json:
        print(json.dumps(as_json(verified, translate), ensure_ascii=False))
    else:
        print("\n".join(_told(verified, translate)))
    return TAMPERED if verified.findings else 0


def _verified(named: Path | None) -> Verified:
    from django.conf import settings

    from junheng.apps.audit import api

    path = named or settings.AUDIT_HEAD_FILE
    heads = api.heads_in(path) if named or path.exists() else []
    return api.verify(heads, source=str(path))


def as_json(verified: Verified, translate: Translate) -> dict[str, object]:
    """Return what a script wants to know; `is_whole` says whether nothing was found."""
    return {
        "is_whole": not verified.findings,
        "seals": verified.n_seals,
        "entries": verified.n_entries,
        "unsealed": verified.n_unsealed,
        "head": verified.head,
        "findings": [
            {
                "kind": finding.kind,
                "seal": finding.seal,
                "entry": finding.entry,
                "message": finding.told.render(translate),
            }
            for finding in verified.findings
        ],
    }


def _told(verified: Verified, translate: Translate) -> list[str]:
    lines = [finding.told.render(translate) for finding in verified.findings[:SHOWN]]
    hidden = len(verified.findings) - len(lines)
    if hidden:
        lines.append(say("... and {n} more findings", n=hidden).render(translate))
    figures = {
        "entries": verified.n_entries,
        "seals": verified.n_seals,
        "unsealed": verified.n_unsealed,
        "head": verified.head,
    }
    summary = (
        say(
            "The log is NOT as it was written: {n} findings. {entries} entries in {seals} seals, "
            "{unsealed} not sealed yet; head {head}.",
            n=len(verified.findings),
            **figures,
        )
        if verified.findings
        else say(
            "The log is whole: {entries} entries in {seals} seals, {unsealed} not sealed yet; "
            "head {head}.",
            **figures,
        )
    )
    return [*lines, summary.render(translate)]

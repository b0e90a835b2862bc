"""Findings and decisions as a workbook."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from junheng.apps.balance.present.findings import shown
from junheng.engine.store.workbook import SheetData, write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.standard import RuleSet


def workbook(findings: Sequence[Mapping[str, Any]], rules: RuleSet) -> bytes:
    """Return every finding with its decision, one row each, in the language of the page."""
    headers = [
        gettext("Row"),
        gettext("School"),
        gettext("Stage"),
        gettext("Stage unit"),
        gettext("Field"),
        gettext("Reported figure"),
        gettext("Usual"),
        gettext("Probably"),
        gettext("Finding"),
        gettext("What hangs on it"),
        gettext("State"),
        gettext("Corrected figure"),
        gettext("Reason"),
        gettext("Decided by"),
        gettext("Decided on"),
    ]
    rows = [_row(finding, rules) for finding in findings]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "findings.xlsx"
        write_workbook(path, {gettext("Suspicious figures"): SheetData(headers, rows)})
        return path.read_bytes()


def _row(finding: Mapping[str, Any], rules: RuleSet) -> list[object]:
    one = shown(finding, rules)
    decision = finding["decision"] or {}
    return [
        one.row_no,
        one.school,
        one.stage,
        finding["unit_id"],
        one.field,
        finding["value"],
        one.usual,
        finding["likely"],
        f"{one.rule} {one.found}",
        "\n".join(one.effects),
        one.state_word,
        decision.get("value"),
        decision.get("reason"),
        decision.get("by_name"),
        decision.get("at"),
    ]

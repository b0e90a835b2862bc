"""`junheng verify-audit`: 0 for a whole log, 2 and names for any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from tests.apps.audit.tamper import ENTRY, tamper, write_entries
from tests.command_line import call

from junheng.apps.audit.api import seal_due
from junheng.apps.audit.models import AuditEntry, AuditSeal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def head_file(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "site.jsonl"
    monkeypatch.setattr(settings, "AUDIT_HEAD_FILE", path)
    write_entries(3)
    seal_due()
    return path


def test_it_works() -> None:
    outcome = call("verify-audit", "--lang", "en")
    head = AuditSeal.objects.get().head
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.strip() == (
        f"The log is whole: 3 entries in 1 seals, 0 not sealed yet; head {head}."
    )


def test_it_tells_scripts_in_json() -> None:
    write_entries(1)
    outcome = call("verify-audit", "--json")
    assert outcome.code == 0
    assert outcome.json == {
        "is_whole": True,
        "seals": 1,
        "entries": 3,
        "unsealed": 1,
        "head": AuditSeal.objects.get().head,
        "findings": [],
    }


def test_tampering_is_named() -> None:
    entry = AuditEntry.objects.order_by("pk")[1].pk
    tamper(f"UPDATE {ENTRY} SET act = 'sign_in' WHERE id = {entry}")
    told = call("verify-audit", "--lang", "en")
    assert told.code == 2
    assert told.out.startswith(f"Entry {entry} of seal 1 was changed.\n")
    outcome = call("verify-audit", "--json", "--lang", "en")
    assert outcome.code == 2
    assert outcome.json["findings"] == [
        {
            "kind": "changed",
            "seal": 1,
            "entry": entry,
            "message": f"Entry {entry} of seal 1 was changed.",
        }
    ]


@pytest.mark.parametrize("is_named", [True, False])
def test_a_cut_tail_is_found_by_the_file(head_file: Path, tmp_path: Path, is_named: bool) -> None:
    path = tmp_path / "copy.jsonl" if is_named else head_file
    path.write_text(json.dumps({"seal": 4, "at": "2026-11-23", "head": "f" * 64}) + "\n")
    named: list[str | Path] = ["--head", path] if is_named else []
    outcome = call("verify-audit", "--json", "--lang", "en", *named)
    assert outcome.code == 2
    assert [finding["kind"] for finding in outcome.json["findings"]] == ["tail_cut"]


@pytest.mark.parametrize("content", [None, "x", '{"seal": 1}', "[1]"])
def test_a_file_that_is_none_of_ours_is_bad_input(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "heads.jsonl"
    if content is not None:
        path.write_text(content)
    outcome = call("verify-audit", "--head", path, "--lang", "en")
    assert outcome.code == 2
    assert "heads.jsonl" in outcome.err
    assert outcome.out == ""


def test_many_findings_are_counted() -> None:
    write_entries(60)
    seal_due()
    tamper(f"UPDATE {ENTRY} SET act = 'sign_in'")
    outcome = call("verify-audit", "--lang", "en")
    lines = outcome.out.splitlines()
    assert len(lines) == 52
    assert lines[50] == "... and 13 more findings"

"""Recomputing: the same figures in ten years, and any change of the definition noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from junheng.engine import snapshot
from junheng.engine.snapshot.manifest import FIGURES, MANIFEST, entry_of, read_manifest, sealed
from junheng.engine.snapshot.verifying import SnapshotDamaged
from junheng.engine.standard.person_level import roll

# The first snapshot that was kept, for ever: never make it anew. A version that cannot give its
# figures again is wrong.
FIRST = Path(__file__).parents[2] / "golden" / "snapshot-2026.1"
FIRST_HASH = "dfc4086c99da5f4fee0ff4bc00b96962b3603d312abcb75ec80539cac59ff04d"


def reseal(folder: Path) -> None:
    """Write a manifest that agrees with changed files, as a forger would."""
    content = dict(read_manifest(folder).content)
    content["files"] = {name: entry_of(folder / name) for name in content["files"]}
    (folder / MANIFEST).write_bytes(sealed(content).dumped())


def test_the_first_snapshot_is_as_it_was_made() -> None:
    snapshot.verify(FIRST, expected=FIRST_HASH)
    assert sum(path.stat().st_size for path in FIRST.rglob("*") if path.is_file()) < 150_000


def test_the_first_snapshot_gives_the_same_figures() -> None:
    outcome = snapshot.recompute(FIRST)
    assert outcome.differences == ()
    assert outcome.n_figures > 300


def test_it_computes_by_the_rules_in_it_and_not_by_those_of_today(copied: Path) -> None:
    """A threshold written into the snapshot's own rules changes what comes out."""
    path = copied / "rules" / "cn-2017-quality" / "2026.1.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count('primary = "4.2"') == 1
    path.write_text(text.replace('primary = "4.2"', 'primary = "42"'), encoding="utf-8")
    with pytest.raises(SnapshotDamaged, match="rules/cn-2017-quality"):
        snapshot.recompute(copied)
    reseal(copied)
    changed = {
        (d.key[1], d.column) for d in snapshot.recompute(copied).differences if d.table == "cells"
    }
    assert ("R1", "threshold") in changed
    assert ("R1", "status") in changed


def test_a_figure_that_was_changed_is_found(copied: Path) -> None:
    path = copied / FIGURES
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"verdict":"pass"', '"verdict":"fail"', 1), encoding="utf-8")
    reseal(copied)
    (difference,) = snapshot.recompute(copied).differences
    assert (difference.table, difference.column) == ("units", "verdict")
    assert (difference.before, difference.after) == ("fail", "pass")


def test_a_changed_definition_is_noticed(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were pupils who have left counted as well, text and figures would say so."""
    everybody = "SELECT class_id, COUNT(*) AS pupils FROM person_pupils GROUP BY class_id"
    monkeypatch.setattr(roll, "class_counts", lambda _day: everybody)
    outcome = snapshot.recompute(kept)
    assert not outcome.is_same_sql
    changed = {d.column for d in outcome.differences if d.table == "units"}
    assert "pupils" in changed


def test_another_wording_of_the_same_definition_is_told_apart(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = roll.class_counts
    monkeypatch.setattr(roll, "class_counts", lambda day: f"SELECT * FROM ({plain(day)}) x")
    outcome = snapshot.recompute(kept)
    assert not outcome.is_same_sql
    assert outcome.agrees


def test_the_same_version_computes_by_the_same_text(kept: Path) -> None:
    outcome = snapshot.recompute(kept)
    assert outcome.is_same_sql
    assert outcome.agrees


def test_nothing_is_written(kept: Path) -> None:
    def digest() -> str:
        return hashlib.sha256(
            b"".join(p.read_bytes() for p in sorted(kept.rglob("*")) if p.is_file())
        ).hexdigest()

    before = digest()
    snapshot.recompute(kept)
    assert digest() == before

"""The figures of a snapshot computed again from its own data and its own rule set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.snapshot.figures import count, differences, figures_of, read_json
from junheng.engine.snapshot.manifest import DATA, FIGURES, RULES, sql_hash
from junheng.engine.snapshot.verifying import verify
from junheng.engine.standard import assess, load_file
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from junheng.engine.snapshot.figures import Difference, Figures
    from junheng.engine.snapshot.manifest import Manifest
    from junheng.engine.standard import RuleSet


@dataclass(frozen=True)
class Recomputed:
    """What came of computing a snapshot again.

    `is_same_sql` tells whether this version measures by the very text that made the figures. With
    another text the same figures show that only its wording has changed.
    """

    manifest: Manifest
    n_figures: int
    is_same_sql: bool
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether every figure came out as it was."""
        return not self.differences


def recompute(folder: Path) -> Recomputed:
    """Check a snapshot, compute all its figures again and compare them with those kept.

    Raises
    ------
    SnapshotDamaged
        A byte of it was changed.
    """
    manifest = verify(folder)
    # What a local rule set is laid over is in the snapshot, too.
    ruleset = load_file(folder / manifest.ruleset_file, folder=folder / RULES)
    kept = read_json(folder / FIGURES)
    again = measured(folder / DATA, ruleset, manifest.statistics_date)
    return Recomputed(
        manifest=manifest,
        n_figures=count(kept),
        is_same_sql=sql_hash(ruleset, manifest.statistics_date) == manifest.sql_sha256,
        differences=tuple(differences(kept, again)),
    )


def measured(folder: Path, ruleset: RuleSet, day: date) -> Figures:
    """Return all figures of a folder of datasets as of a day."""
    # One thread, so that sums are taken in one order and quotients agree to the last bit.
    with Session() as session:
        return figures_of(assess(measure_persons(session, folder, ruleset, statistics_date=day)))

"""Frozen, pseudonymous sets of data from which every official figure can be computed again.

A snapshot is a folder: the data without names and numbers of people, the rule set's own bytes, the
figures they gave, and a manifest of hashes over all of it. docs/how-to/snapshots.md shows its use,
docs/decisions/0009-snapshots.md why it is so.
"""

from junheng.engine.snapshot.comparing import Comparison, compare
from junheng.engine.snapshot.figures import Difference
from junheng.engine.snapshot.making import make
from junheng.engine.snapshot.manifest import Manifest
from junheng.engine.snapshot.recomputing import Recomputed, recompute
from junheng.engine.snapshot.verifying import SnapshotDamaged, verify

__all__ = [
    "Comparison",
    "Difference",
    "Manifest",
    "Recomputed",
    "SnapshotDamaged",
    "compare",
    "make",
    "recompute",
    "verify",
]

"""Summaries kept beside the rows they come from.

Every write through a target gives its dataset a new version and brings the counts of the classes it
touched up to date, in its own transaction. The terms of units are measured by the engine's own
definition from a session that stays warm; what is older than the rows is never given out.
"""

from junheng.apps.registry.summaries.counting import (
    class_counts,
    note_write,
)
from junheng.apps.registry.summaries.counting import (
    versions as dataset_versions,
)
from junheng.apps.registry.summaries.freshness import Freshness, freshness_visible_to
from junheng.apps.registry.summaries.measuring import fresh_units
from junheng.apps.registry.summaries.recounting import Difference, recount
from junheng.apps.registry.summaries.upkeep import clear_days, upkeep

__all__ = [
    "Difference",
    "Freshness",
    "class_counts",
    "clear_days",
    "dataset_versions",
    "fresh_units",
    "freshness_visible_to",
    "note_write",
    "recount",
    "upkeep",
]

"""What other apps may use of the master data."""

from __future__ import annotations

from junheng.apps.registry.models import (
    Bureau,
    Locality,
    School,
    SchoolKind,
    SchoolYear,
    Stage,
    StageUnit,
)
from junheng.apps.registry.selectors import (
    bureau_visible_to,
    bureaus_visible_to,
    school_visible_to,
    school_year_of,
    schools_visible_to,
    units_visible_to,
)
from junheng.apps.registry.services import (
    SchoolRow,
    SyncOutcome,
    bureau_ensure,
    school_sync,
    school_year_ensure,
)

__all__ = [
    "Bureau",
    "Locality",
    "School",
    "SchoolKind",
    "SchoolRow",
    "SchoolYear",
    "Stage",
    "StageUnit",
    "SyncOutcome",
    "bureau_ensure",
    "bureau_visible_to",
    "bureaus_visible_to",
    "school_sync",
    "school_visible_to",
    "school_year_ensure",
    "school_year_of",
    "schools_visible_to",
    "units_visible_to",
]

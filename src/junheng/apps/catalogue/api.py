"""What other apps may use: recording what a source says of figures, sizes of classes."""

from __future__ import annotations

from junheng.apps.catalogue.classes import ClassSize, limits, schools_of, sizes_visible_to
from junheng.apps.catalogue.models import SourceKind
from junheng.apps.catalogue.sources import Difference, Figure, Recorded, differences, values_record

__all__ = [
    "ClassSize",
    "Difference",
    "Figure",
    "Recorded",
    "SourceKind",
    "differences",
    "limits",
    "schools_of",
    "sizes_visible_to",
    "values_record",
]

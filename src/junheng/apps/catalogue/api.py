"""What other apps may use: recording what a source says of figures."""

from __future__ import annotations

from junheng.apps.catalogue.models import SourceKind
from junheng.apps.catalogue.sources import Difference, Figure, Recorded, differences, values_record

__all__ = ["Difference", "Figure", "Recorded", "SourceKind", "differences", "values_record"]

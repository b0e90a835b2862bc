"""From people, rooms and things to the terms of the standard.

A folder of Parquet, one file a dataset, becomes the relations `units` and `terms` that
`junheng.engine.standard.assess` takes. What counts is told in the rule set, under
`[[person_level]]`; the columns are in docs/reference/person-level.md.
"""

from junheng.engine.standard.person_level.folder import (
    is_in_pieces,
    is_person_folder,
    statistics_date_of,
)
from junheng.engine.standard.person_level.item_data import class_bands, classes, item_data
from junheng.engine.standard.person_level.reader import measure_persons

__all__ = [
    "class_bands",
    "classes",
    "is_in_pieces",
    "is_person_folder",
    "item_data",
    "measure_persons",
    "statistics_date_of",
]

"""What is kept of a bureau: organisations, people, rooms, things, money and documents.

Every row carries its bureau, is scoped, and is written through the targets of its dataset alone.
"""

from junheng.apps.registry.models.classes import ClassYear, SchoolClass
from junheng.apps.registry.models.organisations import (
    Bureau,
    Campus,
    Locality,
    School,
    SchoolKind,
    SchoolProfile,
    SchoolSuccession,
    Stage,
    StageUnit,
    SuccessionKind,
)
from junheng.apps.registry.models.people import (
    Employment,
    Enrolment,
    Person,
    Pupil,
    Staff,
    Teaching,
    TrainingRecord,
)
from junheng.apps.registry.models.summaries import (
    ClassCount,
    CountedDay,
    DatasetVersion,
    UnitTerms,
)
from junheng.apps.registry.models.things import (
    AssetLine,
    CountyFact,
    Document,
    FundingLine,
    Room,
    SportsGround,
)
from junheng.apps.registry.models.years import BureauYear, SchoolYear, Term

__all__ = [
    "AssetLine",
    "Bureau",
    "BureauYear",
    "Campus",
    "ClassCount",
    "ClassYear",
    "CountedDay",
    "CountyFact",
    "DatasetVersion",
    "Document",
    "Employment",
    "Enrolment",
    "FundingLine",
    "Locality",
    "Person",
    "Pupil",
    "Room",
    "School",
    "SchoolClass",
    "SchoolKind",
    "SchoolProfile",
    "SchoolSuccession",
    "SchoolYear",
    "SportsGround",
    "Staff",
    "Stage",
    "StageUnit",
    "SuccessionKind",
    "Teaching",
    "Term",
    "TrainingRecord",
    "UnitTerms",
]

"""What may stand in the addresses of operations: shapes that a database can be asked for."""

# Annotations are read at run time, so nothing of this file is imported for types alone.
from typing import Annotated

from ninja import Header, Path, Query

from junheng.apps.hub.shapes import Stage
from junheng.i18n import N_

LARGEST_KEY = 2**31 - 1
SLUG = r"^[A-Za-z0-9_-]{1,64}$"

RuleSetId = Annotated[
    str, Path(pattern=SLUG, description=N_("Id of a rule set, as in “cn-2017-quality”."))
]
RuleSetVersion = Annotated[
    str, Path(pattern=r"^[0-9A-Za-z._-]{1,32}$", description=N_("Version, as in “2026.1”."))
]
AssessmentId = Annotated[
    int, Path(ge=1, le=LARGEST_KEY, description=N_("Id of an assessment, as the list tells it."))
]
UnitKey = Annotated[
    int, Path(ge=1, le=LARGEST_KEY, description=N_("Key of a unit, as the list of units tells it."))
]
IndicatorId = Annotated[str, Path(pattern=SLUG, description=N_("Id of an indicator, as in “R4”."))]
StageId = Annotated[Stage, Path(description=N_("“primary” or “junior”."))]
DatasetId = Annotated[str, Path(pattern=SLUG, description=N_("Id of a dataset, as in “classes”."))]
FirstYear = Annotated[
    int | None,
    Query(
        ge=2000,
        le=2099,
        description=N_("Year in which the school year begins; without it the present one."),
    ),
]
FileYear = Annotated[
    int,
    Query(ge=2000, le=2099, description=N_("Year in which their school year begins.")),
]
SchoolId = Annotated[
    str,
    Query(
        pattern=r"^[0-9A-Za-z-]{0,32}$",
        description=N_("Identifier of the school whose rows these are; without it the bureau's."),
    ),
]
IsWhole = Annotated[
    bool, Query(description=N_("Whether these are all rows: those that are left out will go."))
]
SendingKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{0,64}$",
        description=N_("Your name for this sending: sent again, it makes no second import."),
    ),
]
PartId = Annotated[
    str,
    Query(
        pattern=r"^[A-Za-z0-9_-]{0,64}$",
        description=N_("Id of a dataset of the import; without it the first."),
    ),
]
Offset = Annotated[int, Query(ge=0, le=LARGEST_KEY, description=N_("How many to pass over."))]
ImportLimit = Annotated[int, Query(ge=1, le=100, description=N_("How many to send, at most."))]
Limit = Annotated[int, Query(ge=1, le=1000, description=N_("Rows a page, at most."))]
After = Annotated[
    str,
    Query(
        max_length=800,
        pattern=r"^[A-Za-z0-9_=-]*$",
        description=N_("What the page before told as “next”; without it the first page."),
    ),
]
Purpose = Annotated[
    str,
    Query(
        max_length=32,
        pattern=r"^[a-z_]*$",
        description=N_("For what rows of people are needed; required for these alone."),
    ),
]

"""What the operations about imports take and answer."""

# Pydantic reads annotations at run time, so nothing of this file is imported for types alone.
from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

MOST_ROWS = 20_000

Value = str | bool | int | float | None
Kind = Literal["new", "changed", "removed"]


class RowsSent(Schema):
    """Rows in the JSON form of the contract of their dataset."""

    rows: list[dict[str, Value]] = Field(min_length=1, max_length=MOST_ROWS)


class Why(Schema):
    """Why an import goes on in spite of what the guard found."""

    why: str = Field("", max_length=200)


class ImportPart(Schema):
    """One dataset of an import in numbers of rows."""

    dataset: str
    n_rows: int
    n_rejected: int
    n_faults: int
    n_stored: int
    n_new: int
    n_changed: int
    n_unchanged: int
    n_removed: int


class ImportWhole(Schema):
    """Where an import stands. `job`: state of the work under way or last ended, of one's own."""

    id: UUID
    county_code: str
    school_id: str | None
    first_year: int
    file_name: str
    file_sha256: str
    is_whole: bool
    state: str
    job: str | None
    n_faults: int
    alarms: list[str]
    parts: list[ImportPart]
    sent_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None


class Imports(Schema):
    """Imports in reach, newest first; `n` counts all."""

    n: int
    imports: list[ImportWhole]


class FaultLine(Schema):
    """One fault. `row` counts as in a table: of rows sent as JSON the first is row 2."""

    sheet: str
    row: int | None
    column: str
    field: str
    value: str
    found: str
    remedy: str
    is_conflict: bool


class Faults(Schema):
    """The kept faults of a file; `n_faults` counts all of them."""

    n_faults: int
    faults: list[FaultLine]


class ChangeLine(Schema):
    """One row that would be written, as it is stored and as it would be."""

    kind: Kind
    because: str
    row: int | None
    old: dict[str, str | None] | None
    new: dict[str, str | None] | None
    changed: list[str]


class Changes(Schema):
    """A window of the changes of one dataset; `n` counts all of them."""

    n: int
    changes: list[ChangeLine]

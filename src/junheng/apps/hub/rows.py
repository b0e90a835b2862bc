"""Pages of stored rows: of what the reader reaches, masked and counted as on the pages."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.audit.api import record
from junheng.apps.foundation.masking import is_masked, masked
from junheng.apps.intake.api import places_of, tells_of_people
from junheng.apps.privacy.api import Asked, export_ask, purpose_checked, rows_left_alone
from junheng.apps.registry.api import place_reached, target
from junheng.engine import contracts
from junheng.engine.contracts.schema import JsonRow, to_json
from junheng.engine.store.session import Session
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Place
    from junheng.engine.contracts import Contract

STORED = "stored"


@dataclass(frozen=True)
class Wanted:
    """Which rows: a dataset in a school year, behind a key, so many of them, for what."""

    dataset: str
    first_year: int
    after: str
    limit: int
    purpose: str


@dataclass(frozen=True)
class RowPage:
    """Rows in the JSON form of the contract, and where the next page begins; None at the end."""

    rows: list[JsonRow]
    next: str | None


@dataclass(frozen=True)
class Reached:
    """The place whose rows a reader reaches. `school_id`: of one school alone."""

    place: Place
    school_id: int | None
    hides_names: bool


@transaction.atomic
def row_page(reader: Reader, wanted: Wanted, now: datetime) -> RowPage:
    """Return one page of a dataset, in order of its key.

    Raises
    ------
    NotFound
        Nothing of the dataset is the reader's to take out.
    DataError
        No purpose of the list for rows of people, or a wrong “next”.
    NotAllowed
        More rows of people in a day than one person takes out alone.
    """
    contract = contracts.contract(wanted.dataset)
    reached = _reached(reader, contract, wanted.first_year)
    of_people = tells_of_people(contract)
    if of_people:
        purpose_checked(wanted.purpose)
    found = _stored(contract, reached.place, after=_key_of(wanted.after, contract), n=wanted.limit)
    rows, is_last = found[: wanted.limit], len(found) <= wanted.limit
    _note(reader, wanted, reached, n_rows=len(rows), of_people=of_people, now=now)
    shown = [_shown(contract, row, hides_names=reached.hides_names) for row in rows]
    return RowPage(shown, None if is_last else _next(contract, rows[-1]))


def _reached(reader: Reader, contract: Contract, first_year: int) -> Reached:
    """Return where a dataset may be taken from: for people, only where it may be imported."""
    if tells_of_people(contract):
        for where in places_of(reader):
            if where.has(contract.id):
                school_id = where.school.pk if where.school else None
                return Reached(where.place(first_year), school_id, where.school is None)
    elif place := place_reached(reader, contract.id, first_year):
        return Reached(place, None, hides_names=False)
    raise NotFound(say("There are no rows of this dataset for you here."))


def _stored(
    contract: Contract, place: Place, *, after: list[str], n: int
) -> list[dict[str, str | None]]:
    """Return rows behind a key, one more than asked for where there are more."""
    names = [field.id for field in contract.fields]
    key = ", ".join(contract.key)
    behind = f"WHERE ({key}) > ({', '.join('?' for _ in after)})" if after else ""
    with Session() as session:
        target(contract.id).load(session, STORED, place)
        found = session.rows(
            f"SELECT {', '.join(names)} FROM {STORED} {behind} ORDER BY {key} LIMIT {n + 1}", after
        )
    return [
        {name: None if v is None else str(v) for name, v in zip(names, row, strict=True)}
        for row in found
    ]


def _note(
    reader: Reader, wanted: Wanted, reached: Reached, *, n_rows: int, of_people: bool, now: datetime
) -> None:
    """Put on record what goes out; rows of people within what one person takes out alone."""
    if not of_people:
        record("export", reader=reader, kind=f"dataset:{wanted.dataset}", n_rows=n_rows)
        return
    left = rows_left_alone(reader, now)
    if n_rows > left:
        raise NotAllowed(
            say(
                "Today {n} more rows of people may go out to you alone. More go out as a workbook, "
                "with the approval of a second person: see Exports of personal data.",
                n=left,
            )
        )
    asked = Asked(reached.place.bureau_id, reached.school_id, wanted.dataset, wanted.first_year)
    export_ask(reader, asked, purpose=wanted.purpose, n_rows=n_rows, now=now)


def _shown(contract: Contract, row: dict[str, str | None], *, hides_names: bool) -> JsonRow:
    values = {
        field.id: masked(field, text)
        for field in contract.fields
        if (text := row[field.id]) is not None and is_masked(field, hides_names=hides_names)
    }
    return to_json(contract, row | values)


def _next(contract: Contract, row: dict[str, str | None]) -> str:
    told = json.dumps([row[name] for name in contract.key])
    return base64.urlsafe_b64encode(told.encode()).decode()


def _key_of(after: str, contract: Contract) -> list[str]:
    """Return the key that a “next” names; none for the first page."""
    if not after:
        return []
    try:
        told = json.loads(base64.urlsafe_b64decode(after))
    except (binascii.Error, ValueError):
        told = None
    is_key = isinstance(told, list) and len(told) == len(contract.key)
    if not is_key or not all(isinstance(value, str) for value in told):
        raise DataError(say("Send “after” as the page before told it in “next”."))
    return [str(value) for value in told]

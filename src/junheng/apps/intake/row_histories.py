"""Reads of the journal for one row of a dataset, at a place of the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import journal
from junheng.apps.registry.api import rows_by_number, target
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.apps.foundation.journal import RowChanged
    from junheng.apps.foundation.models import Change
    from junheng.apps.intake.places import Where
    from junheng.apps.registry.api import Key, Row
    from junheng.engine.contracts import Contract


def row_changes(
    where: Where, contract: Contract, key: Key, first_year: int
) -> list[tuple[Change, RowChanged]]:
    """Return every change of a row, newest first.

    For a school the row has to be its own today: what another school wrote about a row before it
    came over is part of its history, what became of it elsewhere afterwards is not. The bureau
    sees rows that are gone as well. NotFound when there is no such row.
    """
    place = where.place(first_year)
    is_stored = _stored(where, contract, key, first_year) is not None
    if where.school is not None and not is_stored:
        raise _not_found()
    text = target(contract.id).key_text(place, key)
    found = list(journal.row_history(contract.id, text))
    if not found and not is_stored:
        raise _not_found()
    return found[::-1]


def row_stored(where: Where, contract: Contract, key: Key, first_year: int) -> Row:
    """Return a row as it is stored at a place; NotFound when there is none."""
    stored = _stored(where, contract, key, first_year)
    if stored is None:
        raise _not_found()
    return stored


def _stored(where: Where, contract: Contract, key: Key, first_year: int) -> Row | None:
    if len(key) != len(contract.key):
        raise _not_found()
    rows = rows_by_number(contract.id, where.place(first_year), key[0])
    of_key = (row for row in rows if tuple(row[name] or "" for name in contract.key) == key)
    return next(of_key, None)


def _not_found() -> NotFound:
    return NotFound(say("There is no such row, or it is not yours to see."))

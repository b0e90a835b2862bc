"""New accounts with their posts and a password for one time, all or none of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.accounts.account_services import password_set
from junheng.apps.accounts.account_table import AccountRow, read_accounts
from junheng.apps.accounts.appointing import Where, appoint
from junheng.apps.accounts.passwords import one_time_password
from junheng.apps.accounts.services import user_create
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.errors import DataError, Fault, JunhengError, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from django.http import HttpRequest

    from junheng.apps.accounts.models import User
    from junheng.apps.accounts.reader import Reader


@dataclass(frozen=True)
class Slip:
    """What is printed for one person, once: the password is kept nowhere."""

    username: str
    display_name: str
    organisation: str
    password: str


@transaction.atomic
def accounts_import(*, path: Path, by: Reader, request: HttpRequest | None = None) -> list[Slip]:
    """Make the accounts of a file in the name of a reader; return their slips.

    TableFaults with every fault, and nothing is made: also where the reader does not appoint to a
    post of the file.
    """
    home_id = _home_of(by)
    slips: dict[str, Slip] = {}
    people: dict[str, User] = {}
    faults: list[Fault] = []
    for row in read_accounts(path, today=clock.today()):
        key = row.username.casefold()
        if key not in people:
            people[key], slips[key] = _person(row, by=by, request=request)
        try:
            _appoint(row, people[key], home_id=home_id, by=by)
        except JunhengError as error:
            faults.append(row.fault(error.message, say("Correct the post, or leave the row out.")))
    if faults:
        raise TableFaults(faults)
    return list(slips.values())


def _home_of(reader: Reader) -> int:
    """Return the one bureau that the reader acts in; DataError when there are several."""
    homes: Sequence[int] = sorted({post.home_id for post in reader.posts})
    if len(homes) != 1:
        raise DataError(say("Choose the post you act in first: your posts lie in two bureaus."))
    return homes[0]


def _person(row: AccountRow, *, by: Reader, request: HttpRequest | None) -> tuple[User, Slip]:
    user = user_create(username=row.username, display_name=row.display_name)
    password = one_time_password()
    password_set(user=user, password=password, by=by.user_id, is_one_time=True, request=request)
    return user, Slip(row.username, row.display_name, row.organisation, password)


def _appoint(row: AccountRow, user: User, *, home_id: int, by: Reader) -> None:
    where = Where(school_id=_school_id(row, home_id)) if row.organisation else Where(home_id)
    appoint(user=user, role=row.role, where=where, valid_from=row.valid_from, by=by)


def _school_id(row: AccountRow, home_id: int) -> int:
    from junheng.apps.registry.api import School

    with everything(reason="the school that a new account is for; rights are checked by appoint"):
        found = School.objects.filter(bureau=home_id, identifier=row.organisation).first()
    if found is None:
        raise DataError(say("There is no school “{code}” here.", code=row.organisation))
    return int(found.pk)

"""The table of new accounts as it came from a file: checked row by row, every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from junheng.apps.accounts.models import Role, User
from junheng.engine.standard.rulefile import reader_of
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.engine.store.source import SourceTable
    from junheng.i18n import Message

RULES_FILE = Path(__file__).parents[2] / "rules" / "access" / "accounts.toml"
OPTIONAL = frozenset({"organisation", "valid_from"})


@dataclass(frozen=True)
class TableRules:
    """How many accounts a file may hold, and the headers of each column."""

    at_most: int
    headers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class AccountRow:
    """One post of one new person. `organisation` is a school's identifier, "" for the bureau."""

    row_no: int
    username: str
    display_name: str
    role: Role
    organisation: str
    valid_from: date

    def fault(self, found: Message, remedy: Message) -> Fault:
        """Return a fault of this row."""
        return Fault(found, remedy, row=self.row_no)


@cache
def table_rules() -> TableRules:
    """Return the rules, read once; RuleFileError with all its faults."""
    top = reader_of(RULES_FILE)
    columns = top.inner("headers")
    names = ("username", "display_name", "role", "organisation", "valid_from")
    rules = TableRules(top.whole("at_most"), {name: columns.texts(name) for name in names})
    columns.finish()
    top.finish()
    top.faults.raise_any()
    return rules


def read_accounts(path: Path, *, today: date) -> list[AccountRow]:
    """Return the rows of a file (.csv, .xlsx); TableFaults with every fault.

    A row without a first day begins `today`.
    """
    with Session() as session:
        table = open_table(session, path)
        places = _places(table)
        cells = list(_cells(session, table, places))
    faults: list[Fault] = []
    rows = [_row(row_no, cell, today, faults) for row_no, cell in cells]
    sound = [row for row in rows if row is not None]
    faults += _faults_between(sound)
    if faults:
        raise TableFaults(faults)
    return sound


def _cells(
    session: Session, table: SourceTable, places: Mapping[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row and its texts by column; a blank cell is ""."""
    for row_no, *values in session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no"):
        texts = [str(value or "") for value in values]
        yield int(str(row_no)), {name: texts[at] for name, at in places.items()}


def _places(table: SourceTable) -> dict[str, int]:
    """Return which column of the file holds which of ours; TableFaults where one is missing."""
    written = [header.casefold() for header in table.headers]
    found = {
        name: written.index(header)
        for name, headers in table_rules().headers.items()
        for header in headers
        if header in written
    }
    missing = [name for name in table_rules().headers if name not in found]
    faults = [
        Fault(
            say("The column “{header}” is missing.", header=table_rules().headers[name][0]),
            say("Add it to the first row."),
            row=1,
        )
        for name in missing
        if name not in OPTIONAL
    ]
    if faults:
        raise TableFaults(faults)
    return found


def _row(
    row_no: int, cell: Mapping[str, str], today: date, faults: list[Fault]
) -> AccountRow | None:
    """Return a row, or note what is wrong with it."""
    before = len(faults)
    role = _role(cell["role"])
    if role is None:
        found = say("There is no post “{name}”.", name=cell["role"])
        faults.append(Fault(found, say("Write it as on the page of posts."), row=row_no))
    first_day = _day(cell.get("valid_from", ""), today)
    if first_day is None:
        found = say("“{text}” is no day.", text=cell["valid_from"])
        faults.append(Fault(found, say("Write it as 2026-09-01."), row=row_no))
    if not _is_name(cell["username"]) or not cell["display_name"]:
        found = say("The user name or the name is blank or has signs that are not allowed.")
        remedy = say("User names hold letters, digits and @ . + - _, at most 64.")
        faults.append(Fault(found, remedy, row=row_no))
    if role is None or first_day is None or len(faults) > before:
        return None
    organisation = cell.get("organisation", "")
    return AccountRow(row_no, cell["username"], cell["display_name"], role, organisation, first_day)


def _role(text: str) -> Role | None:
    """Return the role of a name in Chinese or English, or of its id."""
    for role in Role:
        if text.casefold() in {role.value, role.rule.name.zh, role.rule.name.en.casefold()}:
            return role
    return None


def _day(text: str, today: date) -> date | None:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        return None


def _is_name(text: str) -> bool:
    try:
        User._meta.get_field("username").clean(text, None)
    except ValidationError:
        return False
    return True


def _faults_between(rows: Sequence[AccountRow]) -> list[Fault]:
    """Return what no row shows by itself: names taken, one name for two people, too many."""
    names: dict[str, str] = {}
    faults = []
    for row in rows:
        first = names.setdefault(row.username.casefold(), row.display_name)
        if first != row.display_name:
            found = say("“{name}” stands for two people.", name=row.username)
            faults.append(row.fault(found, say("Give each person a user name.")))
        if User.objects.filter(username__iexact=row.username).exists():
            found = say("The user name “{name}” is taken.", name=row.username)
            faults.append(row.fault(found, say("Choose another one.")))
    if len(names) > table_rules().at_most:
        found = say("The file holds {n} accounts.", n=len(names))
        remedy = say("Import at most {n} at a time.", n=table_rules().at_most)
        faults.append(Fault(found, remedy))
    return faults

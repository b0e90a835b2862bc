"""The small world that tests of the site share.

One bureau with two schools of different kinds, its people, and an outsider who holds the strongest
post of another bureau and must be refused everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tests.prepared import prepared

from junheng.apps.accounts.api import Reader, Role, post_give, reader_on, user_create
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import (
    Bureau,
    Locality,
    School,
    SchoolKind,
    SchoolRow,
    SchoolYear,
    Stage,
    bureau_ensure,
    school_sync,
    school_year_ensure,
)
from junheng.apps.registry.targets import Place, RowChange, all_targets, target
from junheng.engine import contracts
from junheng.engine.simulation import draw_district
from junheng.engine.simulation.persons import PersonTables, draw_persons
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from junheng.apps.accounts.models import User

    Row = Mapping[str, str | None]

SINCE = date(2020, 9, 1)
DAY = date(2025, 10, 15)
PASSWORD = "a-long-enough-password"

PRIMARY = SchoolRow(
    identifier="2153000001",
    name_zh="样例第一小学",
    name_en="Sample Primary School 1",
    kind=SchoolKind.PRIMARY,
    stages=(Stage.PRIMARY,),
    locality=Locality.URBAN,
    x_m=1200.0,
    y_m=800.0,
)
NINE_YEAR = SchoolRow(
    identifier="3153000002",
    name_zh="样例九年一贯制学校",
    name_en="Sample Nine-Year School",
    kind=SchoolKind.NINE_YEAR,
    stages=(Stage.PRIMARY, Stage.JUNIOR),
    locality=Locality.RURAL,
)
ELSEWHERE = SchoolRow(
    identifier="2153000009",
    name_zh="邻区小学",
    name_en="Neighbouring Primary School",
    kind=SchoolKind.PRIMARY,
    stages=(Stage.PRIMARY,),
)


@dataclass(frozen=True)
class World:
    """Who and what there is. `director` leads the bureau, `officer` is its supervision officer."""

    bureau: Bureau
    primary: School
    nine_year: School
    director: User
    officer: User
    administrator: User
    clerk: User
    head: User
    other_head: User
    other_bureau: Bureau
    elsewhere: School
    outsider: User
    year: SchoolYear

    @property
    def people(self) -> tuple[User, ...]:
        """Everyone, the outsider last."""
        return (
            self.director,
            self.officer,
            self.administrator,
            self.clerk,
            self.head,
            self.other_head,
            self.outsider,
        )

    def reader(self, user: User, day: date = DAY) -> Reader:
        """Return the reader that a person is on a day."""
        return reader_on(user, day)


def build() -> World:
    """Make the world; `clerk` and `head` are of the primary school, `other_head` of the other."""
    bureau, (primary, nine_year) = _district("530102", "样例区教育局", PRIMARY, NINE_YEAR)
    other_bureau, (elsewhere,) = _district("530103", "邻区教育局", ELSEWHERE)
    return World(
        bureau=bureau,
        primary=primary,
        nine_year=nine_year,
        director=_person("director", Role.BUREAU_LEADER, bureau=bureau),
        officer=_person("officer", Role.SUPERVISION_OFFICER, bureau=bureau),
        administrator=_person("administrator", Role.SYSTEM_ADMINISTRATOR, bureau=bureau),
        clerk=_person("clerk", Role.SCHOOL_CLERK, school=primary),
        head=_person("head", Role.HEAD, school=primary),
        other_head=_person("other_head", Role.HEAD, school=nine_year),
        other_bureau=other_bureau,
        elsewhere=elsewhere,
        outsider=_person("outsider", Role.SUPERVISION_OFFICER, bureau=other_bureau),
        year=school_year_ensure(first_year=2025),
    )


def _district(code: str, name: str, *rows: SchoolRow) -> tuple[Bureau, list[School]]:
    bureau = bureau_ensure(code=code, name_zh=name, is_simulated=True)
    with everything(reason="the world of the tests"):
        made = school_sync(bureau_id=bureau.pk, rows=rows, by=None, why="test")
        return bureau, [School.objects.get(pk=made.schools[row.identifier]) for row in rows]


def _person(
    name: str, role: Role, *, bureau: Bureau | None = None, school: School | None = None
) -> User:
    user = user_create(username=name, display_name=name, password=PASSWORD)
    post_give(
        user=user,
        role=role,
        valid_from=SINCE,
        bureau_id=bureau.pk if bureau else None,
        school_id=school.pk if school else None,
    )
    return user


# --- a small district with its people -------------------------------------------------------------

YEAR = 2025
VILLAGE = "village"


@cache
def drawn(preset: str = VILLAGE) -> PersonTables:
    """Return the people, rooms and things of a simulated district."""
    return draw_persons(draw_district(preset, years=1), YEAR)


def drawn_rows(dataset: str, preset: str = VILLAGE) -> list[dict[str, str | None]]:
    """Return the rows of one dataset of a simulated district in canonical form."""
    columns = drawn(preset).datasets.get(dataset, {})
    names = [field.id for field in contracts.contract(dataset).fields]
    lists = [[canonical(value) for value in columns[name]] for name in names if columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]


def canonical(value: object) -> str | None:
    """Return a drawn value as the text that a contract keeps.

    >>> canonical(12.5), canonical(3.0), canonical(1), canonical(None)
    ('12.5', '3', '1', None)
    """
    if value is None:
        return None
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


def settled(code: str = "990101", preset: str = VILLAGE, *, without: Iterable[str] = ()) -> Place:
    """Make a bureau and write a simulated district into it through the targets."""
    left_out = frozenset(without)
    if preset != VILLAGE:
        # Too many rows to keep beside the database.
        return _settle(code, preset, left_out)
    return prepared(("settled", code, left_out), lambda: _settle(code, preset, left_out))


def _settle(code: str, preset: str, without: frozenset[str]) -> Place:
    bureau = bureau_ensure(code=code, name_zh="样例区教育局", is_simulated=True)
    place = Place(bureau.pk, YEAR)
    with everything(reason="test"):
        for one in all_targets():
            dataset = one.contract.id
            if dataset not in without:
                rows = [_in_county(row, code) for row in drawn_rows(dataset, preset)]
                put(place, dataset, rows)
    return place


def _in_county(row: Row, code: str) -> Row:
    return {name: code if name == "county_code" else value for name, value in row.items()}


def key_of(dataset: str, row: Row) -> tuple[str, ...]:
    """Return the key of a row."""
    return tuple(str(row[name]) for name in contracts.contract(dataset).key)


def put(place: Place, dataset: str, rows: Sequence[Row], batch: UUID | None = None) -> UUID:
    """Write new rows of a dataset; return the batch."""
    return change(place, dataset, [(None, row) for row in rows], batch)


def change(
    place: Place,
    dataset: str,
    pairs: Iterable[tuple[Row | None, Row | None]],
    batch: UUID | None = None,
) -> UUID:
    """Write pairs of old and new rows; return the batch."""
    batch = batch or uuid4()
    changes = [RowChange(key_of(dataset, new or old or {}), old, new) for old, new in pairs]
    with everything(reason="test"):
        target(dataset).write(place, changes, by=None, why="test", batch=batch)
    return batch


def stored(place: Place, dataset: str) -> list[dict[str, str | None]]:
    """Return the stored rows of a dataset in order of their keys."""
    names = [field.id for field in contracts.contract(dataset).fields]
    with Session() as session, everything(reason="test"):
        n_rows = target(dataset).load(session, "loaded", place)
        assert list(session.columns("loaded")) == names
        rows = [
            {name: None if v is None else str(v) for name, v in zip(names, row, strict=True)}
            for row in session.rows("SELECT * FROM loaded")
        ]
    assert len(rows) == n_rows
    return sorted(rows, key=lambda row: key_of(dataset, row))


def in_key_order(dataset: str, rows: Iterable[Row]) -> list[Row]:
    """Return rows in order of their keys."""
    return sorted(rows, key=lambda row: key_of(dataset, row))

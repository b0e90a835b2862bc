"""The small world that tests of the site share.

One bureau with two schools of different kinds, its people, and an outsider who holds the strongest
post of another bureau and must be refused everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from junheng.apps.accounts.models import User

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

"""Two districts for proofs of access: one with a cluster and a school beside it, one neighbour.

Readers are anchored at the first class of the first school. What lies there is own, the second
school is of the same cluster, the third of the district alone, and the fourth of the neighbour.
Every name of a thing carries a mark of its place, so that a page can be searched for foreign ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.apps.balance.tables import A, as_csv, changed
from tests.world import SINCE

from junheng.apps.accounts.address_policy import GROUP_HEAD
from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.accounts.rolebook import Place
from junheng.apps.balance.api import Source, upload_apply, upload_check
from junheng.apps.foundation.scoping import everything
from junheng.apps.groups.api import GroupKind, grouping_create, school_join
from junheng.apps.registry.api import (
    Locality,
    SchoolKind,
    SchoolRow,
    Stage,
    bureau_ensure,
    school_sync,
    school_year_ensure,
)
from junheng.apps.registry.models import (
    Bureau,
    ClassYear,
    Employment,
    Enrolment,
    Person,
    Pupil,
    School,
    SchoolClass,
    SchoolProfile,
    Staff,
    StageUnit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.apps.accounts.models import User
    from junheng.apps.balance.models import Assessment, Upload
    from junheng.apps.groups.api import Grouping

FIRST_YEAR = 2025
FROM = date(2025, 9, 1)
GRADE = 1
DEPARTMENT = "human_resources"
RULES = "cn-2017-quality@2026.1"
OWN, SISTER, OTHER, ABROAD = "own", "sister", "other", "abroad"
PLACES = {OWN: "530102", SISTER: "530102", OTHER: "530102", ABROAD: "530103"}
"""Schools by place, with the code of their bureau."""


def mark(place: str) -> str:
    """Return what stands in every name of a place and nowhere else.

    >>> mark("own")
    'Mown'
    """
    return f"M{place}"


@dataclass(frozen=True)
class SchoolPlace:
    """One school with two classes of a pupil each, and a member of staff."""

    school: School
    classes: tuple[SchoolClass, SchoolClass]
    pupils: tuple[Pupil, Pupil]
    staff: Staff


@dataclass(frozen=True)
class TwoDistricts:
    """What there is. `readers` hold one post each, at or under the first school or its bureau."""

    bureau: Bureau
    neighbour: Bureau
    places: Mapping[str, SchoolPlace]
    readers: Mapping[str, User]
    colleague: User
    stranger_abroad: User

    def bureau_of(self, place: str) -> Bureau:
        """Return the bureau that a place lies in."""
        return self.neighbour if place == ABROAD else self.bureau


def build() -> TwoDistricts:
    """Make the districts and a reader for every role."""
    bureaus = {code: _bureau(code) for code in dict.fromkeys(PLACES.values())}
    bureau, neighbour = bureaus.values()
    with everything(reason="test"):
        places = {place: _school(bureaus[code], place) for place, code in PLACES.items()}
        cluster = _cluster(bureau, [places[OWN].school, places[SISTER].school])
        readers = {
            role.value: reader_at(role, role.rule.places[0], places[OWN], cluster) for role in Role
        }
        readers[GROUP_HEAD] = reader_at(Role.HEAD, Place.GROUP, places[OWN], cluster)
    readers["no_post"] = user_create(username="no_post", display_name="no_post")
    return TwoDistricts(
        bureau=bureau,
        neighbour=neighbour,
        places=places,
        readers=readers,
        colleague=user_create(username="colleague", display_name="colleague"),
        stranger_abroad=user_create(username="abroad", display_name="abroad"),
    )


def reader_at(role: Role, where: Place, place: SchoolPlace, cluster: Grouping) -> User:
    """Return a person who holds a role at or within a school, its cluster or its bureau."""
    lies: dict[Place, dict[str, Any]] = {
        Place.BUREAU: {"bureau_id": place.school.bureau_id},
        Place.GROUP: {"grouping_id": cluster.pk},
        Place.SCHOOL: {"school_id": place.school.pk},
        Place.GRADE: {"school_id": place.school.pk, "grade": GRADE},
        Place.CLASS: {"school_id": place.school.pk, "school_class_id": place.classes[0].pk},
        Place.PUPIL: {"pupil_id": place.pupils[0].pk},
    }
    lies[Place.SUBJECT] = lies[Place.CLASS] | {"subject_code": "01"}
    name = GROUP_HEAD if where is Place.GROUP else role.value
    user = user_create(username=name, display_name=name)
    department = DEPARTMENT if role is Role.LIAISON_OFFICER else ""
    post_give(user=user, role=role, valid_from=SINCE, department=department, **lies[where])
    return user


def _cluster(bureau: Bureau, schools: Iterable[School]) -> Grouping:
    cluster = grouping_create(bureau_id=bureau.pk, kind=GroupKind.CLUSTER, name="cluster")
    for school in schools:
        school_join(grouping=cluster, school=school, from_date=SINCE)
    return cluster


def _bureau(code: str) -> Bureau:
    return bureau_ensure(code=code, name_zh=f"局{code}", is_simulated=True)


def _school(bureau: Bureau, place: str) -> SchoolPlace:
    row = SchoolRow(
        identifier=identifier(place),
        name_zh=f"学校{mark(place)}",
        name_en="",
        kind=SchoolKind.PRIMARY,
        stages=(Stage.PRIMARY,),
        locality=Locality.URBAN,
    )
    # Each school comes alone, and a sync keeps those that it does not name.
    school_sync(bureau_id=bureau.pk, rows=[row], by=None, why="test")
    school = School.objects.get(identifier=row.identifier)
    SchoolProfile.objects.create(
        bureau=bureau,
        school=school,
        school_year=FIRST_YEAR,
        name=row.name_zh,
        kind_code="211",
        locality_code="111",
        sponsor_code="811",
        is_boarding=False,
        is_counted=True,
    )
    unit = StageUnit.objects.get(school=school)
    classes = (_class(unit, place, 1), _class(unit, place, 2))
    pupils = (enrol(classes[0], f"{mark(place)}-1"), enrol(classes[1], f"{mark(place)}-2"))
    return SchoolPlace(school, classes, pupils, employ(school, f"{mark(place)}-t"))


def identifier(place: str) -> str:
    """Return the identifier of the school at a place."""
    return f"215300010{list(PLACES).index(place)}"


def _class(unit: StageUnit, place: str, number: int) -> SchoolClass:
    made = SchoolClass.objects.create(
        bureau=unit.bureau,
        school=unit.school,
        unit=unit,
        code=f"{mark(place)}c{number}",
        entry_year=FIRST_YEAR,
        class_no=number,
    )
    ClassYear.objects.create(
        bureau=unit.bureau,
        school=unit.school,
        school_class=made,
        school_year=FIRST_YEAR,
        grade=GRADE,
    )
    return made


def enrol(school_class: SchoolClass, code: str) -> Pupil:
    """Make a pupil who is in a class since the year began."""
    bureau = school_class.bureau
    person = Person.objects.create(
        bureau=bureau, name=f"{code}", sex_code="1", birth_date=date(2016, 5, 1)
    )
    pupil = Pupil.objects.create(bureau=bureau, person=person, code=code)
    Enrolment.objects.create(bureau=bureau, pupil=pupil, school_class=school_class, from_date=FROM)
    return pupil


def employ(school: School, code: str) -> Staff:
    """Make a member of staff who works at a school since the year began."""
    person = Person.objects.create(
        bureau=school.bureau, name=f"{code}", sex_code="2", birth_date=date(1986, 5, 1)
    )
    staff = Staff.objects.create(bureau=school.bureau, person=person, code=code)
    Employment.objects.create(
        bureau=school.bureau,
        staff=staff,
        school=school,
        from_date=FROM,
        is_on_establishment=True,
        category_code="1",
    )
    return staff


def unit_table(bureau_code: str) -> bytes:
    """Return a unit table of the schools of one bureau."""
    rows = [
        changed(
            A,
            unit_id=mark(place),
            school_id=identifier(place),
            school_name=f"学校{mark(place)}",
            # The same figure as the teaching area is a suspicious one, to be decided about.
            sports_ground_area_m2="5640",
        )
        for place, code in PLACES.items()
        if code == bureau_code
    ]
    return as_csv(rows)


def checked(bureau: Bureau, by: User) -> Upload:
    """Check the unit table of a bureau."""
    with everything(reason="test"):
        return upload_check(
            bureau=bureau,
            school_year=school_year_ensure(first_year=FIRST_YEAR),
            statistics_date=FROM,
            ruleset_ref=RULES,
            source=Source("table.csv", unit_table(bureau.code), by.pk),
        )


def published(bureau: Bureau, by: User) -> Assessment:
    """Check and apply the unit table of a bureau."""
    upload = checked(bureau, by)
    with everything(reason="test"):
        return upload_apply(upload_id=str(upload.pk), by=by.pk)

"""What the database itself refuses: each invariant is broken past every other check."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from tests.world import settled

from junheng.apps.foundation.scoping import everything
from junheng.apps.registry import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from junheng.apps.registry.targets import Place

WALLS = import_module("junheng.apps.registry.migrations.0006_walls_between_rows")


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    here = settled()
    with everything(reason="test"):
        yield here


@pytest.fixture
def elsewhere(place: Place) -> Place:
    return settled("990102")


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_a_pupil_is_in_one_class_a_day(place: Place) -> None:
    now = models.Enrolment.objects.filter(to_date=None).order_by("pk")[0]
    start = now.from_date

    def enrol(first: date, last: date | None) -> models.Enrolment:
        return models.Enrolment.objects.create(
            bureau_id=place.bureau_id,
            pupil_id=now.pupil_id,
            school_class_id=now.school_class_id,
            from_date=first,
            to_date=last,
        )

    refused(lambda: enrol(date(start.year, 10, 1), None))
    refused(lambda: enrol(date(start.year, 10, 1), date(start.year, 10, 1)))
    refused(lambda: enrol(date(1999, 9, 1), start))
    before = enrol(date(1999, 9, 1), date(1999, 9, 2))
    refused(lambda: models.Enrolment.objects.filter(pk=before.pk).update(to_date=None))
    refused(lambda: models.Enrolment.objects.filter(pk=before.pk).update(to_date=start))
    refused(lambda: models.Enrolment.objects.filter(pk=before.pk).update(to_date=date(1990, 1, 1)))


def test_two_posts_on_the_establishment_do_not_overlap_others_may(place: Place) -> None:
    now = models.Employment.objects.filter(to_date=None, is_on_establishment=True)[0]
    other = models.School.objects.exclude(pk=now.school_id)[0]

    def employ(*, is_on_establishment: bool) -> models.Employment:
        return models.Employment.objects.create(
            bureau_id=place.bureau_id,
            staff_id=now.staff_id,
            school=other,
            from_date=date(2025, 9, 1),
            is_on_establishment=is_on_establishment,
            category_code="1",
        )

    refused(lambda: employ(is_on_establishment=True))
    second = employ(is_on_establishment=False)
    refused(lambda: models.Employment.objects.filter(pk=second.pk).update(is_on_establishment=True))


def test_units_of_a_school_have_different_stages(place: Place) -> None:
    unit = models.StageUnit.objects.filter(bureau=place.bureau_id)[0]
    refused(
        lambda: models.StageUnit.objects.create(
            bureau_id=place.bureau_id, school_id=unit.school_id, stage=unit.stage, unit_id="X"
        )
    )


def test_class_unit_campus_and_school_agree(place: Place) -> None:
    one = models.SchoolClass.objects.order_by("pk")[0]
    other = models.StageUnit.objects.exclude(school=one.school_id)[0]
    refused(lambda: models.SchoolClass.objects.filter(pk=one.pk).update(unit=other))
    refused(lambda: models.SchoolClass.objects.filter(pk=one.pk).update(school=other.school_id))
    refused(lambda: models.StageUnit.objects.filter(pk=one.unit_id).update(school=other.school_id))
    campus = models.Campus.objects.exclude(school=one.school_id)[0]
    refused(lambda: models.ClassYear.objects.filter(school_class=one).update(campus=campus))
    room = models.Room.objects.filter(school=one.school_id)[0]
    refused(lambda: models.Room.objects.filter(pk=room.pk).update(campus=campus))


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (models.Campus, "site_area_m2"),
        (models.Room, "area_m2"),
        (models.SportsGround, "area_m2"),
        (models.AssetLine, "amount"),
        (models.FundingLine, "amount_yuan"),
        (models.Teaching, "periods"),
        (models.TrainingRecord, "hours"),
    ],
)
def test_amounts_are_never_negative(place: Place, model: type[models.Room], field: str) -> None:
    row = model.objects.filter(bureau=place.bureau_id)[0]
    refused(lambda: model.objects.filter(pk=row.pk).update(**{field: "-0.01"}))
    model.objects.filter(pk=row.pk).update(**{field: "0"})


def test_an_identity_number_is_one_persons_in_a_bureau(place: Place, elsewhere: Place) -> None:
    first, second = models.Person.objects.filter(bureau=place.bureau_id).order_by("pk")[:2]
    second.identity_number = first.identity_number
    refused(second.save)
    same = models.Person.objects.filter(identity_index=first.identity_index)
    assert {person.bureau_id for person in same} == {place.bureau_id, elsewhere.bureau_id}
    pupil, other = models.Pupil.objects.filter(bureau=place.bureau_id).order_by("pk")[:2]
    other.register_number = pupil.register_number
    refused(other.save)


# PostgreSQL looks at keys that stand once before it looks at keys that lead elsewhere.
REFUSAL = "agree" if connection.vendor == "sqlite" else "agree|once|one_a_day"


def test_no_key_crosses_bureaus(place: Place, elsewhere: Place) -> None:
    for where in (place, elsewhere):
        _add_rare_rows(where)
    for child, column, parent, _ in WALLS.AGREEMENTS:
        mine, foreign = _an_id(child, place, "min"), _an_id(parent, elsewhere, "max")
        with connection.cursor() as cursor:
            crossing = f"UPDATE registry_{child} SET {column} = %s WHERE id = %s"
            with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
                cursor.execute(crossing, [foreign, mine])
            moving = f"UPDATE registry_{child} SET bureau_id = %s WHERE id = %s"
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(moving, [elsewhere.bureau_id, mine])


def _an_id(table: str, place: Place, which: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {which}(id) FROM registry_{table} WHERE bureau_id = %s", [place.bureau_id]
        )
        found: int | None = cursor.fetchone()[0]
    assert found is not None, table
    return found


def _add_rare_rows(place: Place) -> None:
    school, other = models.School.objects.filter(bureau=place.bureau_id)[:2]
    own = {"bureau_id": place.bureau_id}
    for role in (models.Pupil, models.Staff):
        # Without records of their own, which might overlap with others.
        person = models.Person.objects.create(
            **own, name="甲", sex_code="1", birth_date=date(1990, 1, 1)
        )
        role.objects.create(**own, person=person, code="N1")
    models.Person.objects.create(**own, name="乙", sex_code="1", birth_date=date(1990, 1, 1))
    bare = models.School.objects.create(**own, identifier="S1", name_zh="乙", kind="other")
    models.StageUnit.objects.create(**own, school=bare, stage="senior")
    paper = models.Document.objects.create(**own, school=school, code="D1", title="甲", kind="plan")
    models.CountyFact.objects.create(**own, year=2025, key="x", value="1", document=paper)
    year = models.BureauYear.objects.create(
        **own,
        school_year=2025,
        starts_on=date(2025, 9, 1),
        ends_on=date(2026, 8, 31),
        statistics_date=date(2025, 9, 1),
    )
    models.Term.objects.create(
        **own, year=year, term_no="1", starts_on=date(2025, 9, 1), ends_on=date(2026, 1, 20)
    )
    models.SchoolSuccession.objects.create(
        **own, school=school, other=other, kind="merged", on_date=date(2020, 8, 1)
    )


def test_days_are_in_order(place: Place) -> None:
    row = models.Teaching.objects.filter(bureau=place.bureau_id)[0]
    refused(lambda: models.Teaching.objects.filter(pk=row.pk).update(to_date=date(2000, 1, 1)))


def test_every_wall_is_still_there(db: None) -> None:
    triggers = {name for name, _ in WALLS.sqlite_walls()} | {"foundation_change_no_update"}
    constraints = {
        *(f"registry_{child}_{column}_agrees" for child, column, _, _ in WALLS.AGREEMENTS),
        *(f"registry_{name}" for name, *_ in WALLS.OVERLAPS),
    }
    is_sqlite = connection.vendor == "sqlite"
    names = "name FROM sqlite_master" if is_sqlite else "conname FROM pg_constraint"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}")
        present = {name for (name,) in cursor.fetchall()}
    assert (triggers if is_sqlite else constraints) <= present

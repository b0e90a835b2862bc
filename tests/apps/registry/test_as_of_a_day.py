"""Who is where on a day: edges of enrolment and employment, and a pupil who moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.world import change, drawn_rows, settled, stored

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.foundation import journal
from junheng.apps.foundation.scoping import within
from junheng.apps.registry.api import (
    Employment,
    Pupil,
    SchoolClass,
    SuccessionKind,
    classes_of_unit,
    people_of_closed_schools,
    pupil_move,
    pupils_of_class,
    school_year_on,
    staff_of_school,
    succession_record,
)
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_django import DjangoAssertNumQueries

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Place, Staff

SINCE, DAY = date(2020, 9, 1), date(2026, 3, 2)


def reader(place: Place, role: Role) -> Reader:
    user = user_create(username=role.value, display_name="甲", password=None)
    post_give(user=user, role=role, valid_from=SINCE, bureau_id=place.bureau_id)
    return reader_on(user, DAY)


@pytest.fixture
def place(db: None) -> Place:
    return settled()


@pytest.fixture
def officer(place: Place) -> Iterator[Reader]:
    who = reader(place, Role.SUPERVISION_OFFICER)
    with within(who.scope):
        yield who


def a_pupil() -> tuple[Pupil, SchoolClass, SchoolClass]:
    """Return a pupil, the class they are in, and a class of another school."""
    pupil = Pupil.objects.filter(enrolments__to_date=None).order_by("pk")[0]
    now = pupil.enrolments.get(to_date=None).school_class
    other = SchoolClass.objects.exclude(school=now.school_id).order_by("pk")[0]
    return pupil, now, other


def codes(found: Iterable[Pupil | Staff]) -> set[str]:
    return {row.code for row in found}


def test_who_moves_is_in_the_new_class_from_that_day_on(officer: Reader) -> None:
    pupil, before, after = a_pupil()
    batch = pupil_move(reader=officer, pupil=pupil, school_class=after, on=DAY)
    eve = DAY - timedelta(days=1)
    assert pupil.code in codes(pupils_of_class(officer, before, eve))
    assert pupil.code not in codes(pupils_of_class(officer, after, eve))
    assert pupil.code not in codes(pupils_of_class(officer, before, DAY))
    assert pupil.code in codes(pupils_of_class(officer, after, DAY))
    assert pupil.enrolments.get(to_date=None).entry_how == "transfer"
    assert [entry.old is None for entry in journal.rows_of_batch(batch)] == [False, True]


def test_sizes_of_classes_follow(
    officer: Reader, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pupil, before, after = a_pupil()

    def size(school_class: SchoolClass, day: date) -> int:
        with django_assert_num_queries(1):
            found = list(classes_of_unit(officer, school_class.unit, 2025, day))
        sizes = {c.school_class_id: int(vars(c)["n_pupils"]) for c in found}
        return sizes[school_class.pk]

    _ = before.unit, after.unit
    old = size(before, DAY), size(after, DAY)
    pupil_move(reader=officer, pupil=pupil, school_class=after, on=DAY)
    assert (size(before, DAY), size(after, DAY)) == (old[0] - 1, old[1] + 1)
    assert (size(before, date(2026, 3, 1)), size(after, date(2026, 3, 1))) == old


def test_who_left_is_there_on_the_last_day_and_not_after(place: Place, officer: Reader) -> None:
    pupil, now, _ = a_pupil()
    row = next(
        r for r in stored(place, "pupils") if (r["pupil_id"], r["to_date"]) == (pupil.code, None)
    )
    change(place, "pupils", [(row, row | {"to_date": "2026-07-10"})])
    assert pupil.code in codes(pupils_of_class(officer, now, date(2026, 7, 10)))
    assert pupil.code not in codes(pupils_of_class(officer, now, date(2026, 7, 11)))


def test_a_pupil_born_on_31_august_counts_like_any_other(place: Place, officer: Reader) -> None:
    born = {"birth_date": "2019-08-31", "identity_number": None, "register_number": None}
    row = drawn_rows("pupils")[0] | {"pupil_id": "N1", "to_date": None} | born
    change(place, "pupils", [(None, row | {"from_date": "2025-09-01"})])
    school_class = SchoolClass.objects.get(code=row["class_id"])
    assert "N1" in codes(pupils_of_class(officer, school_class, date(2025, 9, 1)))
    assert "N1" not in codes(pupils_of_class(officer, school_class, date(2025, 8, 31)))


def test_staff_of_a_school_on_a_day(place: Place, officer: Reader) -> None:
    post = Employment.objects.filter(to_date=None).order_by("pk")[0]
    rows = stored(place, "staff")
    row = next(r for r in rows if r["staff_id"] == post.staff.code and r["to_date"] is None)
    change(place, "staff", [(row, row | {"to_date": "2026-01-31"})])
    assert post.staff.code in codes(staff_of_school(officer, post.school, date(2026, 1, 31)))
    assert post.staff.code not in codes(staff_of_school(officer, post.school, date(2026, 2, 1)))


def test_a_move_that_makes_no_sense_is_refused(officer: Reader) -> None:
    pupil, now, after = a_pupil()
    with pytest.raises(DataError, match="in this class already"):
        pupil_move(reader=officer, pupil=pupil, school_class=now, on=DAY)
    with pytest.raises(DataError, match="in no class"):
        pupil_move(reader=officer, pupil=pupil, school_class=after, on=date(1999, 9, 2))
    pupil_move(reader=officer, pupil=pupil, school_class=after, on=DAY)
    with pytest.raises(DataError, match="in no class"):
        pupil_move(reader=officer, pupil=pupil, school_class=now, on=DAY)


def test_a_leader_may_look_and_not_move(place: Place) -> None:
    leader = reader(place, Role.BUREAU_LEADER)
    with within(leader.scope):
        pupil, now, after = a_pupil()
        assert pupils_of_class(leader, now, DAY).exists()
        with pytest.raises(NotAllowed):
            pupil_move(reader=leader, pupil=pupil, school_class=after, on=DAY)


def test_a_school_with_people_does_not_close(place: Place, officer: Reader) -> None:
    _, now, after = a_pupil()

    def close() -> None:
        succession_record(
            school=now.school,
            kind=SuccessionKind.MERGED,
            on=DAY,
            other=after.school,
            by=None,
            why="test",
        )

    with pytest.raises(DataError, match="Move them"):
        close()
    held = (("pupils", "class_id"), ("staff", "school_id"), ("teaching", "unit_id"))
    for dataset, number in held:
        mine = {
            r[name]
            for listed, name in (("classes", "class_id"), ("units", "unit_id"))
            for r in drawn_rows(listed)
            if r["school_id"] == now.school.identifier
        }
        mine.add(now.school.identifier)
        rows = [r for r in stored(place, dataset) if r[number] in mine and r["to_date"] is None]
        change(place, dataset, [(row, row | {"to_date": "2026-03-01"}) for row in rows])
    close()
    assert people_of_closed_schools(place.bureau_id, DAY) == {}
    row = drawn_rows("pupils")[0] | {"pupil_id": "N1", "to_date": None, "class_id": now.code}
    row |= {"identity_number": None, "register_number": None}
    change(place, "pupils", [(None, row)])
    assert people_of_closed_schools(place.bureau_id, DAY) == {now.school.identifier: 1}


@pytest.mark.parametrize(("day", "year"), [("2026-08-31", 2025), ("2026-09-01", 2026)])
def test_the_school_year_of_a_day(day: str, year: int) -> None:
    assert school_year_on(date.fromisoformat(day)) == year

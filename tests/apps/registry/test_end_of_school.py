"""Closing, merging and renaming a school: what is shown before, written, refused, taken back."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.apps.registry.test_closed_school import CLOSED_ON, a_school, leave
from tests.world import SINCE, change, settled, stored

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import journal
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.registry.api import School, SchoolSuccession
from junheng.apps.registry.lives import in_the_way, life_of, standing_at
from junheng.apps.registry.successions import school_end, school_rename, succession_undo
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from junheng.apps.accounts.api import Reader
    from junheng.apps.accounts.models import User
    from junheng.apps.registry.api import Place


@pytest.fixture
def place(db: None) -> Place:
    return settled()


@pytest.fixture
def planner(place: Place) -> User:
    return an_officer(place, Role.PLANNING_OFFICER)


@pytest.fixture
def reader(planner: User) -> Iterator[Reader]:
    who = reader_on(planner, CLOSED_ON)
    with within(who.scope):
        yield who


def an_officer(place: Place, role: Role) -> User:
    user = user_create(username=role.value, display_name=role.value)
    post_give(user=user, role=role, valid_from=SINCE, bureau_id=place.bureau_id)
    return user


def others_of(place: Place, school: School, n: int) -> list[School]:
    with everything(reason="test"):
        return list(School.objects.filter(bureau=place.bureau_id).exclude(pk=school.pk)[:n])


def empty(place: Place) -> School:
    """Return a school that everybody has left."""
    with everything(reason="test"):
        school = a_school(place)
        leave(place, school)
    return school


def end(
    reader: Reader, school: School, *into: School, on: date = CLOSED_ON, note: str = ""
) -> None:
    school_end(school=school, on=on, into=into, note=note, reader=reader)


def test_a_school_is_divided_among_two_and_both_know_it(place: Place, reader: Reader) -> None:
    school = empty(place)
    first, second = others_of(place, school, 2)
    end(reader, school, first, second, note="No. 12")
    life = life_of(reader, school.pk)
    assert [(one.kind, one.other, one.note) for one in life.ends] == [
        ("merged", first, "No. 12"),
        ("merged", second, "No. 12"),
    ]
    assert [one.school for one in life_of(reader, second.pk).before] == [school]


def test_who_and_what_is_still_there_is_counted_and_refused(place: Place, reader: Reader) -> None:
    school = a_school_in(place)
    found = standing_at(school, CLOSED_ON)
    assert found.n_pupils == sum(n for _, n in found.classes) > 0
    assert found.n_staff > 0
    assert found.n_lessons > 0
    assert found.n_rooms > 0
    with pytest.raises(DataError, match=f"{found.n_pupils} pupils"):
        end(reader, school)
    assert not SchoolSuccession.objects.exists()


def a_school_in(place: Place) -> School:
    with everything(reason="test"):
        return a_school(place)


def test_a_lesson_without_its_teacher_is_in_the_way(place: Place, reader: Reader) -> None:
    school = empty(place)
    with everything(reason="test"):
        units = {
            u["unit_id"] for u in stored(place, "units") if u["school_id"] == school.identifier
        }
        row = next(r for r in stored(place, "teaching") if r["unit_id"] in units)
        change(place, "teaching", [(row, row | {"to_date": None})])
    with pytest.raises(DataError, match="1 lessons"):
        end(reader, school)


def test_it_ends_once_and_into_schools_that_are_open(place: Place, reader: Reader) -> None:
    school = empty(place)
    (other,) = others_of(place, school, 1)
    end(reader, school)
    with pytest.raises(DataError, match="ended on 2026-03-01 already"):
        end(reader, school, on=date(2026, 4, 1))
    told = [str(one) for one in in_the_way(other, date(2026, 4, 1), [school, school])]
    assert any("same successor" in one for one in told)
    assert any("ended on 2026-03-01 itself" in one for one in told)
    assert in_the_way(other, CLOSED_ON, [other])[0].template.startswith("{other} cannot follow")


def test_a_name_changes_in_the_year_and_comes_back(place: Place, reader: Reader) -> None:
    school = a_school_in(place)
    before = school.name_zh
    batch = school_rename(school=school, on=CLOSED_ON, name="新名学校", note="", reader=reader)
    row = next(r for r in stored(place, "schools") if r["school_id"] == school.identifier)
    assert (School.objects.get(pk=school.pk).name_zh, row["school_name"]) == ("新名学校",) * 2
    assert [one.dataset for one in journal.rows_of_batch(batch)] == ["schools"]
    event = SchoolSuccession.objects.get()
    assert event.former_name == before
    succession_undo(event=event, reader=reader)
    assert School.objects.get(pk=school.pk).name_zh == before
    assert not SchoolSuccession.objects.exists()


def test_a_name_that_is_taken_is_refused(place: Place, reader: Reader) -> None:
    school = a_school_in(place)
    (other,) = others_of(place, school, 1)
    for name, match in ((school.name_zh, "already"), (other.name_zh, other.identifier)):
        with pytest.raises(DataError, match=match):
            school_rename(school=school, on=CLOSED_ON, name=name, note="", reader=reader)


def test_an_end_is_taken_back_whole_and_what_came_before_it_only_after(
    place: Place, reader: Reader
) -> None:
    school = empty(place)
    school_rename(school=school, on=date(2026, 1, 5), name="新名学校", note="", reader=reader)
    renaming = SchoolSuccession.objects.get()
    end(reader, school, *others_of(place, school, 2))
    with pytest.raises(DataError, match="Something later"):
        succession_undo(event=renaming, reader=reader)
    ends = SchoolSuccession.objects.filter(kind="merged")
    succession_undo(event=ends[0], reader=reader)
    assert list(SchoolSuccession.objects.all()) == [renaming]
    succession_undo(event=renaming, reader=reader)


def test_a_later_import_of_the_name_stands_on_a_renaming(place: Place, reader: Reader) -> None:
    school = a_school_in(place)
    school_rename(school=school, on=CLOSED_ON, name="新名学校", note="", reader=reader)
    row = next(r for r in stored(place, "schools") if r["school_id"] == school.identifier)
    change(place, "schools", [(row, row | {"school_name": "又一名学校"})])
    with pytest.raises(DataError, match="Something later"):
        succession_undo(event=SchoolSuccession.objects.get(), reader=reader)


def test_a_section_that_keeps_no_schools_ends_none(place: Place) -> None:
    school = empty(place)
    who = reader_on(an_officer(place, Role.PERSONNEL_OFFICER), CLOSED_ON)
    with within(who.scope), pytest.raises(NotAllowed):
        end(who, school)


def test_the_list_asks_the_store_three_times_whatever_the_number(
    place: Place, reader: Reader, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from junheng.apps.registry.lives import lives_in

    with django_assert_num_queries(2):
        assert len(lives_in(reader)) > 2


# --- pages ----------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_list_to_the_end_and_back(
    client: Client, place: Place, planner: User
) -> None:
    school = empty(place)
    (other,) = others_of(place, school, 1)
    client.force_login(planner)
    client.cookies["language"] = "en"
    form = {"on": "2026-03-01", "into": str(other.pk), "note": "No. 12"}
    page = client.get(f"/schools/{school.pk}/end", form)
    assert page.context["shown"].obstacles == []
    with everything(reason="test"):
        assert not SchoolSuccession.objects.exists()
    done = client.post(f"/schools/{school.pk}/end", form, follow=True)
    assert "from 2026-03-01 on" in done.context["shown"].answer
    listed = client.get("/schools/", {"show": "ended"}).context["shown"].lines
    listed += client.get("/schools/", {"show": "ending"}).context["shown"].lines
    assert [line.identifier for line in listed] == [school.identifier]
    assert client.get(f"/schools/{other.pk}/").context["shown"].before[0].other.label == school.name
    event = done.context["shown"].own[0]
    again = client.post(f"/schools/{school.pk}/end", form)
    assert (again.status_code, "ended on" in str(again.context["form"].errors)) == (422, True)
    client.post(f"/schools/{school.pk}/events/{event.id}/undo")
    gone = client.post(f"/schools/{school.pk}/events/{event.id}/undo")
    assert gone.status_code == 404
    acts = AuditEntry.objects.filter(act="decide", kind="registry.School")
    assert {str(school.pk)} == {json.loads(one.keys)[0] for one in acts}


def test_a_school_with_people_shows_them_and_no_button(
    client: Client, place: Place, planner: User
) -> None:
    school = a_school_in(place)
    client.force_login(planner)
    page = client.get(f"/schools/{school.pk}/end", {"on": "2026-03-01"})
    shown = page.context["shown"]
    assert len(shown.obstacles) == 1
    assert shown.classes
    answer = client.post(f"/schools/{school.pk}/end", {"on": "2026-03-01"})
    assert answer.status_code == 422
    bad = client.get(f"/schools/{school.pk}/end", {"on": "some day"})
    assert bad.status_code == 422


def test_a_name_is_given_on_the_page(client: Client, place: Place, planner: User) -> None:
    school = a_school_in(place)
    client.force_login(planner)
    form = {"on": "2026-03-01", "name": "新名学校"}
    assert client.post(f"/schools/{school.pk}/rename", form).status_code == 302
    again = client.post(f"/schools/{school.pk}/rename", form)
    assert again.status_code == 422

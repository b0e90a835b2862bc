"""Posts at every place: what each reaches on a day, and what it does not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from tests.apps.accounts.school_people import SchoolPeople, settle
from tests.world import DAY, SINCE

from junheng.apps.accounts.api import Reader, Role, post_give, reader_on, user_create
from junheng.apps.accounts.models import Post
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.groups.api import GroupKind, grouping_create, school_join, school_leave
from junheng.apps.registry.api import (
    ClassYear,
    Enrolment,
    Person,
    Pupil,
    School,
    SchoolClass,
    Staff,
)
from junheng.apps.registry.models import Employment
from junheng.errors import DataError

if TYPE_CHECKING:
    from django.db.models import Model
    from pytest_django.fixtures import DjangoAssertNumQueries
    from tests.world import World

KINDS: tuple[type[Any], ...] = (
    School, SchoolClass, ClassYear, Pupil, Enrolment, Person, Staff, Employment,
)  # fmt: skip


@pytest.fixture
def people(world: World) -> SchoolPeople:
    return settle(world)


def holder(role: Role, day: date = DAY, **where: Any) -> Reader:
    """Return the reader that somebody with one new post is on a day."""
    user = user_create(username=f"{role}-{len(where)}-{day}", display_name=role.value)
    post_give(user=user, role=role, valid_from=SINCE, **where)
    return reader_on(user, day)


def listed(reader: Reader, model: type[Any]) -> set[Any]:
    with within(reader.scope):
        return set(policies.visible(reader, model.objects.all()))


def test_a_class_teacher_sees_the_own_class(world: World, people: SchoolPeople) -> None:
    own = people.classes[0]
    reader = holder(Role.CLASS_TEACHER, school_id=world.primary.pk, school_class_id=own.pk)
    assert listed(reader, Pupil) == {people.pupils[0]}
    assert listed(reader, SchoolClass) == {own}
    assert {one.school_class_id for one in listed(reader, ClassYear)} == {own.pk}
    assert listed(reader, School) == {world.primary}
    assert not listed(reader, Staff)
    assert not reader.scope.schools
    assert reader.posts[0].organisation == "样例第一小学 2025级1班"


def test_a_subject_teacher_sees_the_classes_taught(world: World, people: SchoolPeople) -> None:
    user = user_create(username="maths", display_name="maths")
    for one in people.classes[:2]:
        post_give(
            user=user,
            role=Role.SUBJECT_TEACHER,
            valid_from=SINCE,
            school_id=world.primary.pk,
            school_class_id=one.pk,
            subject_code="14",
        )
    assert listed(reader_on(user, DAY), Pupil) == set(people.pupils[:2])


def test_a_grade_leader_sees_the_grade_of_this_school_year(
    world: World, people: SchoolPeople
) -> None:
    reader = holder(Role.GRADE_LEADER, school_id=world.primary.pk, grade=1)
    assert listed(reader, Pupil) == set(people.pupils[:2])
    year_after = holder(Role.GRADE_LEADER, date(2026, 10, 1), school_id=world.primary.pk, grade=1)
    assert not listed(year_after, Pupil)


def test_a_guardian_sees_the_own_child_wherever_it_goes(world: World, people: SchoolPeople) -> None:
    child = people.pupils[0]
    before = holder(Role.GUARDIAN, pupil_id=child.pk)
    assert listed(before, Pupil) == {child}
    assert listed(before, SchoolClass) == {people.classes[0]}
    assert listed(before, School) == {world.primary}
    _transfer(child, people.classes[3], date(2025, 11, 1))
    after = reader_on(Post.objects.get(pk=before.posts[0].id).user, date(2025, 11, 1))
    assert listed(after, Pupil) == {child}
    assert listed(after, SchoolClass) == {people.classes[3]}
    assert listed(after, School) == {world.nine_year}


def test_a_class_teacher_loses_who_leaves_the_class(world: World, people: SchoolPeople) -> None:
    own = people.classes[0]
    _transfer(people.pupils[0], people.classes[1], date(2025, 11, 1))
    where: dict[str, Any] = {"school_id": world.primary.pk, "school_class_id": own.pk}
    reader = holder(Role.CLASS_TEACHER, **where)
    user = Post.objects.get(pk=reader.posts[0].id).user
    assert listed(reader_on(user, date(2025, 10, 31)), Pupil) == {people.pupils[0]}
    later = reader_on(user, date(2025, 11, 1))
    assert not listed(later, Pupil)
    assert not listed(later, Enrolment)


def _transfer(pupil: Pupil, school_class: SchoolClass, on: date) -> None:
    with everything(reason="test"):
        last = date(on.year, on.month - 1, 31)
        Enrolment.objects.filter(pupil=pupil).update(to_date=last)
        Enrolment.objects.create(
            bureau=pupil.bureau, pupil=pupil, school_class=school_class, from_date=on
        )


def test_the_head_of_a_group_sees_its_schools_of_the_day(
    world: World, people: SchoolPeople
) -> None:
    with everything(reason="test"):
        group = grouping_create(bureau_id=world.bureau.pk, kind=GroupKind.CLUSTER, name="集团")
        school_join(grouping=group, school=world.primary, from_date=SINCE, is_lead=True)
        joined = school_join(grouping=group, school=world.nine_year, from_date=SINCE)
    reader = holder(Role.HEAD, grouping_id=group.pk)
    assert listed(reader, School) == {world.primary, world.nine_year}
    assert reader.holds({Role.HEAD}, bureau_id=world.bureau.pk, school_id=world.nine_year.pk)
    assert not reader.holds({Role.HEAD}, bureau_id=world.bureau.pk)
    with everything(reason="test"):
        school_leave(membership=joined, last_day=date(2025, 10, 14))
    user = Post.objects.get(pk=reader.posts[0].id).user
    assert listed(reader_on(user, DAY), School) == {world.primary}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.SUPERVISION_OFFICER, {"pupils", "staff", "schools"}),
        (Role.BASIC_EDUCATION_OFFICER, {"pupils", "schools"}),
        (Role.PERSONNEL_OFFICER, {"staff", "schools"}),
        (Role.IT_OFFICER, {"schools"}),
        (Role.SYSTEM_ADMINISTRATOR, set()),
        (Role.SECURITY_ADMINISTRATOR, set()),
        (Role.AUDIT_ADMINISTRATOR, set()),
        (Role.LIAISON_OFFICER, set()),
        (Role.OUTSIDE_EXPERT, set()),
        (Role.INTEGRATION, set()),
    ],
)
def test_a_section_sees_its_own_kinds_of_data(
    world: World, people: SchoolPeople, role: Role, seen: set[str]
) -> None:
    reader = holder(role, bureau_id=world.bureau.pk)
    kinds: dict[str, type[Model]] = {"pupils": Pupil, "staff": Staff, "schools": School}
    assert {name for name, model in kinds.items() if listed(reader, model)} == seen
    persons = {one.name for one in listed(reader, Person)}
    assert ("教师" in persons) is ("staff" in seen)
    assert ("学生0" in persons) is ("pupils" in seen)


@pytest.mark.parametrize("role", [Role.SCHOOL_DOCTOR, Role.COUNSELLOR])
def test_doctor_and_counsellor_see_pupils_and_no_staff(
    world: World, people: SchoolPeople, role: Role
) -> None:
    reader = holder(role, school_id=world.primary.pk)
    assert listed(reader, Pupil) == set(people.pupils[:3])
    assert not listed(reader, Staff)


def test_object_check_and_list_agree_for_every_role(world: World, people: SchoolPeople) -> None:
    readers = [holder(role, **_anywhere(role, world, people)) for role in Role]
    with everything(reason="test"):
        for model in KINDS:
            rows = model.objects.all()
            assert rows.exists()
            found = policies.disagreements(policies.policy_for(model), readers, rows)
            assert found == []


def _anywhere(role: Role, world: World, people: SchoolPeople) -> dict[str, Any]:
    """Return a place where a role may lie."""
    school, one = world.primary.pk, people.classes[0].pk
    places: dict[str, dict[str, Any]] = {
        "bureau": {"bureau_id": world.bureau.pk},
        "school": {"school_id": school},
        "grade": {"school_id": school, "grade": 1},
        "class": {"school_id": school, "school_class_id": one},
        "subject": {"school_id": school, "school_class_id": one, "subject_code": "13"},
        "pupil": {"pupil_id": people.pupils[0].pk},
    }
    return places[role.rule.places[0].value]


def test_the_database_holds_the_places_of_roles(world: World, people: SchoolPeople) -> None:
    user = user_create(username="anyone", display_name="anyone")

    def refused(role: Role, **where: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(user=user, role=role, valid_from=SINCE, **where)

    school, own, foreign = world.primary, people.classes[0], people.classes[3]
    refused(Role.CLASS_TEACHER, school=school)
    refused(Role.CLASS_TEACHER, school=school, school_class=foreign)
    refused(Role.CLASS_TEACHER, school_class=own)
    refused(Role.CLASS_TEACHER, school=school, school_class=own, subject_code="13")
    refused(Role.SUBJECT_TEACHER, school=school, school_class=own)
    refused(Role.GRADE_LEADER, school=school)
    refused(Role.GRADE_LEADER, school=school, grade=13)
    refused(Role.GUARDIAN, school=school)
    refused(Role.GUARDIAN, pupil=people.pupils[0], school=school)
    refused(Role.IT_OFFICER, school=school)


def test_a_place_named_twice_is_refused_in_words(world: World, people: SchoolPeople) -> None:
    user = user_create(username="anyone", display_name="anyone")
    school, child = world.primary.pk, people.pupils[0].pk
    for role, where in (
        (Role.GUARDIAN, {"school_id": school, "pupil_id": child}),
        (Role.IT_OFFICER, {"bureau_id": world.bureau.pk, "school_id": school}),
        (Role.CLASS_TEACHER, {"school_id": school}),
        (Role.CLASS_TEACHER, {"school_id": school, "school_class_id": people.classes[3].pk}),
        (Role.HEAD, {}),
    ):
        given: dict[str, Any] = dict(where)
        with pytest.raises(DataError):
            post_give(user=user, role=role, valid_from=SINCE, **given)


def test_the_database_keeps_administrators_apart(world: World) -> None:
    home = {"bureau": world.bureau, "user": world.administrator}
    with pytest.raises(IntegrityError, match="apart"), transaction.atomic():
        Post.objects.create(role=Role.AUDIT_ADMINISTRATOR, valid_from=date(2030, 1, 1), **home)
    Post.objects.filter(user=world.administrator).update(valid_to=date(2029, 12, 31))
    later = Post.objects.create(role=Role.AUDIT_ADMINISTRATOR, valid_from=date(2030, 1, 1), **home)
    with pytest.raises(IntegrityError, match="apart"), transaction.atomic():
        Post.objects.filter(pk=later.pk).update(valid_from=date(2029, 12, 31))


def test_a_group_takes_schools_of_its_own_bureau_once(world: World) -> None:
    with everything(reason="test"):
        group = grouping_create(bureau_id=world.bureau.pk, kind=GroupKind.ZONE, name="学区")
        with pytest.raises(IntegrityError), transaction.atomic():
            school_join(grouping=group, school=world.elsewhere, from_date=SINCE)
        made = school_join(grouping=group, school=world.primary, from_date=DAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            type(made).objects.create(
                bureau=world.bureau, grouping=group, school=world.primary, from_date=SINCE
            )


def test_posts_within_a_school_cost_two_queries(
    world: World, people: SchoolPeople, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    where: dict[str, Any] = {"school_id": world.primary.pk, "school_class_id": people.classes[0].pk}
    user = Post.objects.get(pk=holder(Role.CLASS_TEACHER, **where).posts[0].id).user
    with django_assert_num_queries(2):
        reader_on(user, DAY)

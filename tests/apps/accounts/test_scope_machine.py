"""Whatever happens to people and posts, everyone sees just what the raw tables give them.

Transfers, rotations, appointments, endings, revocations, graduations and schools that join and
leave a group, in any order; after each step lists and single objects of every watcher are compared
with a reference that shares no code with the product.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.apps.accounts.scope_reference import pupils_of, staff_of
from tests.web.matrix.two_districts import OTHER, OWN, SISTER, build

from junheng.apps.accounts.address_policy import GROUP_HEAD
from junheng.apps.accounts.api import Role, post_give, reader_on
from junheng.apps.accounts.appointing import post_revoke
from junheng.apps.accounts.models import Post
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.groups.models import Grouping, Membership
from junheng.apps.groups.services import school_join, school_leave
from junheng.apps.registry.api import pupil_move
from junheng.apps.registry.models import Employment, Enrolment, Pupil, Staff
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.matrix.two_districts import SchoolPlace, TwoDistricts

    from junheng.apps.accounts.api import Reader
    from junheng.apps.accounts.models import User

FIRST_DAY = date(2025, 10, 15)
LAST_DAY = date(2026, 6, 30)
WATCHERS = (
    "basic_education_officer", "personnel_officer", "security_administrator", "head",
    "grade_leader", "class_teacher", "guardian", GROUP_HEAD, "no_post",
)  # fmt: skip
TWO, THREE, SIX = (st.integers(0, n - 1) for n in (2, 3, 6))


class Life(RuleBasedStateMachine):
    """What happens in a district from one day to the next."""

    world: ClassVar[TwoDistricts]

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.day = FIRST_DAY
        self.places = [self.world.places[name] for name in (OWN, SISTER, OTHER)]

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)

    def reader(self, name: str) -> Reader:
        return reader_on(self.world.readers[name], self.day)

    @precondition(lambda life: life.day < LAST_DAY)
    @rule(n_days=st.integers(1, 30))
    def days_pass(self, n_days: int) -> None:
        self.day += timedelta(days=n_days)

    @rule(pupil=SIX, school_class=SIX)
    def pupil_changes_class(self, pupil: int, school_class: int) -> None:
        mover = self.reader("supervision_officer")
        moved = self.places[pupil // 2].pupils[pupil % 2]
        goal = self.places[school_class // 2].classes[school_class % 2]
        with within(mover.scope):
            try:
                pupil_move(reader=mover, pupil=moved, school_class=goal, on=self.day)
            except DataError:
                return

    @rule(pupil=SIX)
    def pupil_graduates(self, pupil: int) -> None:
        gone = self.places[pupil // 2].pupils[pupil % 2]
        with everything(reason="test"):
            still = Enrolment.objects.filter(pupil=gone, to_date=None, from_date__lte=self.day)
            still.update(to_date=self.day)

    @rule(staff=THREE, place=THREE)
    def teacher_rotates(self, staff: int, place: int) -> None:
        teacher, school = self.places[staff].staff, self.places[place].school
        with everything(reason="test"):
            now = Employment.objects.filter(staff=teacher, to_date=None)
            if now.filter(from_date__gte=self.day).exists():
                return
            now.update(to_date=self.day - timedelta(days=1))
            Employment.objects.create(
                bureau=school.bureau, staff=teacher, school=school, from_date=self.day
            )

    @rule(
        name=st.sampled_from(WATCHERS),
        post=st.integers(0, 7),
        place=THREE,
        half=TWO,
        n_days=st.none() | st.integers(0, 40),
    )
    def somebody_is_appointed(
        self, name: str, post: int, place: int, half: int, n_days: int | None
    ) -> None:
        role, where = kinds_of_posts(self.places[place], half)[post]
        last = None if n_days is None else self.day + timedelta(days=n_days)
        try:
            with transaction.atomic():
                post_give(
                    user=self.world.readers[name],
                    role=role,
                    valid_from=self.day,
                    valid_to=last,
                    **where,
                )
        except DataError:
            return

    @rule(name=st.sampled_from(WATCHERS), at=st.integers(0, 5))
    def post_is_revoked(self, name: str, at: int) -> None:
        post = self.post(self.world.readers[name], at)
        by = self.reader("security_administrator")
        if post is not None and post.user_id != by.user_id:
            with within(by.scope):
                post_revoke(post=post, by=by)

    @rule(name=st.sampled_from(WATCHERS), at=st.integers(0, 5), n_days=st.integers(-1, 20))
    def post_ends(self, name: str, at: int, n_days: int) -> None:
        post = self.post(self.world.readers[name], at)
        last = self.day + timedelta(days=n_days)
        if post is not None and last >= post.valid_from:
            Post.objects.filter(pk=post.pk).update(valid_to=last)

    @rule(place=THREE)
    def school_leaves_or_joins_its_group(self, place: int) -> None:
        with everything(reason="test"):
            group = Grouping.objects.get()
            school = self.places[place].school
            member = Membership.objects.filter(grouping=group, school=school, to_date=None).first()
            if member is None:
                if not Membership.objects.filter(school=school, to_date__gte=self.day).exists():
                    school_join(grouping=group, school=school, from_date=self.day)
            elif member.from_date <= self.day:
                school_leave(membership=member, last_day=self.day)

    @invariant()
    def everyone_sees_what_the_tables_give(self) -> None:
        with everything(reason="test"):
            pupils, staff = list(Pupil.objects.all()), list(Staff.objects.all())
        for name in WATCHERS:
            user, reader = self.world.readers[name], self.reader(name)
            expected = pupils_of(user.pk, self.day), staff_of(user.pk, self.day)
            with within(reader.scope):
                listed = (
                    {one.pk for one in policies.visible(reader, Pupil.objects.all())},
                    {one.pk for one in policies.visible(reader, Staff.objects.all())},
                )
            opened = (
                {one.pk for one in pupils if policies.can(reader, "view", one)},
                {one.pk for one in staff if policies.can(reader, "view", one)},
            )
            assert listed == expected, f"{name} lists on {self.day}"
            assert opened == expected, f"{name} opens on {self.day}"

    def post(self, user: User, at: int) -> Post | None:
        held = Post.objects.filter(user=user, revoked_at=None).order_by("pk")
        return held[at] if at < held.count() else None


def kinds_of_posts(place: SchoolPlace, half: int) -> list[tuple[Role, dict[str, Any]]]:
    """Return posts of every kind of place, at or within one school."""
    school, one_class = place.school.pk, place.classes[half].pk
    in_class = {"school_id": school, "school_class_id": one_class}
    return [
        (Role.RESEARCH_OFFICER, {"bureau_id": place.school.bureau_id}),
        (Role.HEAD, {"school_id": school}),
        (Role.SCHOOL_DOCTOR, {"school_id": school}),
        (Role.GRADE_LEADER, {"school_id": school, "grade": 1}),
        (Role.CLASS_TEACHER, in_class),
        (Role.SUBJECT_TEACHER, in_class | {"subject_code": "01"}),
        (Role.GUARDIAN, {"pupil_id": place.pupils[half].pk}),
        (Role.SYSTEM_ADMINISTRATOR, {"bureau_id": place.school.bureau_id}),
    ]


@pytest.fixture
def machine(db: None) -> Iterator[type[Life]]:
    Life.world = build()
    yield Life
    del Life.world


def live(machine: type[Life], *, n_lives: int, n_steps: int) -> None:
    chosen = settings(
        max_examples=n_lives,
        stateful_step_count=n_steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_it_works(machine: type[Life]) -> None:
    live(machine, n_lives=4, n_steps=8)


def test_a_reach_that_is_too_wide_is_found(
    machine: type[Life], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof can fail: a grade leader who kept former pupils would be noticed."""
    from junheng.apps.accounts import reaching

    kept = reaching._enrolled
    late = date(2025, 9, 2)
    monkeypatch.setattr(
        reaching, "_enrolled", lambda posts, classes, _day: kept(posts, classes, late)
    )
    life = machine()
    life.pupil_changes_class(0, 5)
    with pytest.raises(AssertionError, match="grade_leader"):
        life.everyone_sees_what_the_tables_give()
    life.teardown()


@pytest.mark.soak
@pytest.mark.django_db
def test_long_lives(machine: type[Life]) -> None:
    live(machine, n_lives=40, n_steps=40)

"""Dated posts: in force from the first day to the last, and what each reaches."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from junheng.apps.accounts.api import Role, post_give, reader_on
from junheng.apps.accounts.models import Post
from junheng.apps.accounts.selectors import posts_on
from junheng.apps.foundation import journal
from junheng.apps.foundation.scoping import Scope
from junheng.errors import DataError

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries
    from tests.world import World


def test_it_works(world: World) -> None:
    reader = world.reader(world.head)
    (post,) = reader.posts
    assert (post.role, post.school_id, post.home_id) == (
        Role.HEAD,
        world.primary.pk,
        world.bureau.pk,
    )
    assert reader.scope.schools == {world.primary.pk}
    assert reader.scope.homes == {world.bureau.pk}
    assert not reader.scope.bureaus


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2025, 8, 31), False),
        (date(2025, 9, 1), True),
        (date(2026, 8, 31), True),
        (date(2026, 9, 1), False),
    ],
)
def test_both_ends_count(world: World, day: date, held: bool) -> None:
    Post.objects.filter(user=world.head).update(
        valid_from=date(2025, 9, 1), valid_to=date(2026, 8, 31)
    )
    assert posts_on(world.head, day).exists() is held
    assert bool(reader_on(world.head, day).scope.schools) is held


def test_without_a_post_nothing_is_reached(world: World) -> None:
    Post.objects.filter(user=world.director).delete()
    reader = world.reader(world.director)
    assert not reader.roles
    assert reader.scope == Scope()


def test_whoever_runs_the_system_reaches_no_data(world: World) -> None:
    scope = world.reader(world.administrator).scope
    assert scope == Scope(homes=frozenset({world.bureau.pk}))


def test_a_role_is_held_where_its_post_lies(world: World) -> None:
    head, officer = world.reader(world.head), world.reader(world.officer)
    here, there = world.primary.pk, world.nine_year.pk
    assert head.holds({Role.HEAD}, bureau_id=world.bureau.pk, school_id=here)
    assert not head.holds({Role.HEAD}, bureau_id=world.bureau.pk, school_id=there)
    assert not head.holds({Role.HEAD}, bureau_id=world.bureau.pk)
    assert officer.holds({Role.SUPERVISION_OFFICER}, bureau_id=world.bureau.pk, school_id=there)
    assert not officer.holds({Role.SUPERVISION_OFFICER}, bureau_id=world.other_bureau.pk)


def test_a_reader_costs_one_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        reader_on(world.head, date(2025, 10, 15))


def test_a_post_given_is_in_the_journal(world: World) -> None:
    post = post_give(
        user=world.head,
        role=Role.HEAD,
        school_id=world.nine_year.pk,
        valid_from=date(2025, 9, 1),
        by=world.officer.pk,
    )
    (given,) = journal.history(post)
    assert given.who == world.officer
    assert (journal.values(given.new) or {})["school"] == world.nine_year.pk


def test_a_post_cannot_lie_where_its_role_does_not(world: World) -> None:
    def refused(role: Role, *, bureau_id: int | None, school_id: int | None) -> None:
        where: dict[str, Any] = {"bureau_id": bureau_id, "school_id": school_id}
        since = date(2025, 9, 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(user=world.clerk, role=role, valid_from=since, **where)
        if None in where.values():
            with pytest.raises(DataError):
                post_give(user=world.clerk, role=role, valid_from=since, **where)

    refused(Role.HEAD, bureau_id=world.bureau.pk, school_id=None)
    refused(Role.BUREAU_LEADER, bureau_id=None, school_id=world.primary.pk)
    refused(Role.HEAD, bureau_id=world.bureau.pk, school_id=world.primary.pk)
    refused(Role.BUREAU_LEADER, bureau_id=None, school_id=None)


def test_a_post_cannot_end_before_it_begins(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(user=world.head).update(valid_to=date(2020, 8, 31))

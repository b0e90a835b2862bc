"""Limits within a period: each one counts, in one statement, and ended periods leave nothing."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from tests.nursery import PATIENCE_S

from junheng.apps.foundation.models import WindowCount
from junheng.apps.foundation.throttling import Window

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

NOON_S = 1_800_000_000


def window(at_s: int = 0, name: str = "api:token-1") -> Window:
    """Return the minute of a moment, with room for three."""
    return Window(name, limit=3, period_s=60, now_s=NOON_S + at_s)


@pytest.mark.django_db
def test_it_works() -> None:
    assert [window(second).take() for second in (0, 1, 2, 59)] == [True, True, True, False]
    assert (window(59).is_full, window(59).wait_s) == (True, 1)
    assert (window(60).is_full, window(60).wait_s) == (False, 60)
    assert window(name="api:token-2").take()
    assert window(60).take()


@pytest.mark.django_db
def test_counting_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    window().count()
    with django_assert_num_queries(1):
        assert window().count() == 2


@pytest.mark.django_db
def test_ended_periods_leave_no_name_behind() -> None:
    window(name="survey:10.0.0.1").count()
    window(30).count()
    assert WindowCount.objects.count() == 2
    window(61).count()
    assert list(WindowCount.objects.values_list("name", "n")) == [("api:token-1", 1)]


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_just_so_many_pass_as_there_is_room_for() -> None:
    together, passed = Barrier(6), list[bool]()

    def ask() -> None:
        together.wait(PATIENCE_S)
        passed.append(window().take())
        connections.close_all()

    asking = [Thread(target=ask) for _ in range(6)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(PATIENCE_S)
    assert sorted(passed) == [False] * 3 + [True] * 3

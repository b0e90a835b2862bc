"""The matrix again with the managers' filter taken away: PostgreSQL's wall alone has to hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.db import connection, models
from tests.web.matrix.cases import Asking, all_cases, asking_once, no_rendering, part_of

from junheng.apps.accounts.address_policy import Outcome, Relation
from junheng.apps.foundation import row_security, row_security_sql
from junheng.apps.foundation.scoping import ScopedManager
from junheng.apps.registry.policies import ReachPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings
    from pytest_django.plugin import DjangoDbBlocker

SAMPLE = 300
N_PARTS = 24
LOGIN = f"web_of_matrix_{os.getpid()}"


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asking]:
    """Build the world and raise the wall once for the tests of this file."""
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's; SQLite has none")
    with asking_once(django_db_blocker) as asking:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {LOGIN}")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        row_security_sql.raise_wall(LOGIN)
        yield asking


@pytest.fixture
def asking(
    built: Asking, db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asking]:
    """Ask as the web login, without the filter of the managers."""
    settings.ROW_SECURITY = True
    monkeypatch.setattr(ScopedManager, "get_queryset", models.Manager.get_queryset)
    with no_rendering(), connection.execute_wrapper(row_security.telling):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {LOGIN}")
        yield built


def test_a_sample_holds_without_the_managers(asking: Asking) -> None:
    assert asking.differences(all_cases(asking.world)[:SAMPLE]) == []


@pytest.mark.parametrize("is_walled", [True, False])
def test_without_managers_and_policies_the_wall_alone_holds(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, is_walled: bool
) -> None:
    """Where both filters of the code are gone, a foreign school is open but for the wall."""
    monkeypatch.setattr(ReachPolicy, "visible", lambda _policy, _reader, rows: rows)
    if not is_walled:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    cases = [
        case
        for case in all_cases(asking.world)
        if (case.name, case.verb) == ("catalogue:school_classes", "GET")
        and (case.reader, case.relation) == ("head", Relation.OTHER_DISTRICT)
    ]
    assert [asking.outcome(case) for case in cases] == (
        [Outcome.HIDDEN] if is_walled else [Outcome.ALLOWED]
    )


@pytest.mark.soak
@pytest.mark.parametrize("part", range(N_PARTS))
def test_everything_holds_without_the_managers(asking: Asking, part: int) -> None:
    assert asking.differences(part_of(all_cases(asking.world), part, N_PARTS)) == []

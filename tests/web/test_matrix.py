"""The matrix: every address, role, relation and verb is answered as the table of rights says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db.models import Q
from tests.web.matrix.cases import (
    Asking,
    addresses,
    all_cases,
    asking_once,
    no_rendering,
    part_of,
)

from junheng.apps.accounts.address_policy import READERS, address_table
from junheng.apps.foundation.scoping import Reach
from junheng.apps.intake.policies import ImportPolicy
from junheng.apps.jobs.policies import JobPolicy
from junheng.errors import RuleSetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker

SAMPLE = 1_000
N_PARTS = 16


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asking]:
    with asking_once(django_db_blocker) as asking:
        yield asking


@pytest.fixture
def asking(built: Asking, db: None) -> Iterator[Asking]:
    with no_rendering():
        yield built


def test_every_address_has_a_row() -> None:
    address_table().require_rows(addresses())


def test_an_address_without_a_row_is_named() -> None:
    with pytest.raises(RuleSetError, match="brand_new"):
        address_table().require_rows({*addresses(), "brand_new"})
    with pytest.raises(RuleSetError, match="home"):
        address_table().require_rows(set(addresses()) - {"home"})


def test_a_sample_is_answered_as_the_table_says(asking: Asking) -> None:
    cases = all_cases(asking.world)
    assert len(cases) >= 10_000
    assert asking.differences(cases[:SAMPLE]) == []


def test_a_policy_that_shows_too_much_is_found(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImportPolicy, "visible", lambda _policy, _reader, rows: rows)
    monkeypatch.setattr(Reach, "condition", lambda _reach, _scope: Q())
    asked = [
        case
        for case in all_cases(asking.world)
        if (case.name, case.verb) == ("intake:show", "GET") and case.reader == "head"
    ]
    found = asking.differences(asked)
    assert {line.split(": ")[0].rpartition(" ")[2] for line in found} == {
        "same_cluster",
        "other_school",
        "own_bureau",
        "other_district",
    }


def test_a_policy_that_refuses_too_much_is_found(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JobPolicy, "visible", lambda _policy, _reader, rows: rows.none())
    cases = [case for case in all_cases(asking.world) if case.name == "job"]
    wrong = asking.differences([case for case in cases if case.verb == "GET"])
    assert len(wrong) == len(READERS)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(N_PARTS))
def test_everything_is_answered_as_the_table_says(asking: Asking, part: int) -> None:
    assert asking.differences(part_of(all_cases(asking.world), part, N_PARTS)) == []

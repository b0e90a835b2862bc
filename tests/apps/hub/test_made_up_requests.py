"""No made-up request brings the site down, and every answer is as the document says."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from tests.apps.hub.requests_made_up import Asked, Carried, session_of
from tests.web.matrix.objects import FIXED, make
from tests.web.matrix.two_districts import FIRST_YEAR

from junheng.apps.accounts.address_policy import Relation
from junheng.apps.accounts.api import reader_on
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import within
from junheng.apps.hub.tokens import token_make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings
    from pytest_django.plugin import DjangoDbBlocker
    from tests.web.matrix.objects import MatrixWorld

READER = "supervision_officer"


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[MatrixWorld]:
    """Two small districts with an object of every kind, made once for this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make()
        transaction.set_rollback(True)


@pytest.fixture
def asked(built: MatrixWorld, db: None, settings: Settings) -> Iterator[Asked]:
    settings.API_PER_MINUTE = 10_000_000
    objects = built.objects
    known = (
        FIXED
        | objects["assessment"][Relation.OWN_BUREAU]
        | objects["unit"][Relation.OWN_SCHOOL]
        | objects["import"][Relation.OWN_SCHOOL]
        | {"dataset": "schools", "first_year": FIRST_YEAR}
    )
    logging.disable(logging.CRITICAL)
    # As for the test client: the connection holds the transaction of the test.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Asked(session_of(built.districts.readers[READER]), known)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


def test_it_works(asked: Asked) -> None:
    asked.ask_all(n_examples=12)
    assert len(asked.statuses) == sum(1 for _ in asked.operations())
    # Made-up requests reach what is there, not only the refusals.
    silent = [label for label, found in asked.statuses.items() if not found & {200, 201, 202}]
    # The import that is there was never applied.
    assert silent == ["POST /api/v1/imports/{import_id}/undo"], asked.statuses


def test_a_token_is_answered_by_the_same_rules(asked: Asked, built: MatrixWorld) -> None:
    keeper = reader_on(built.districts.readers["it_officer"], clock.today())
    with within(keeper.scope):
        token = token_make(
            keeper,
            bureau_id=built.districts.bureau.pk,
            name="x",
            kinds=["figures"],
            days=1,
            now=clock.now(),
        )
    of_token = Asked(Carried({"Authorization": f"Bearer {token.secret}"}, {}), asked.known)
    of_token.ask_all(n_examples=3)
    assert 200 in of_token.statuses["GET /api/v1/assessments"]


@pytest.mark.soak
def test_many(asked: Asked) -> None:
    asked.ask_all(n_examples=300)

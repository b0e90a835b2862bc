"""Putting back what an act wrote leaves the database as the act did, and only then."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.prepared import everything_stored, prepared

from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import Bureau, bureau_ensure

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


class Act:
    """Makes a bureau and counts how often."""

    def __init__(self, code: str = "530102") -> None:
        self.code = code
        self.n_done = 0

    def __call__(self) -> Bureau:
        self.n_done += 1
        return bureau_ensure(code=self.code, name_zh="样例区教育局", is_simulated=True)


@contextmanager
def undone() -> Iterator[None]:
    """Let the database forget what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_it_works() -> None:
    act = Act()
    with undone():
        first, stored = prepared(act, act), everything_stored()
    assert everything_stored() != stored
    again = prepared(act, act)
    assert act.n_done == 1
    assert everything_stored() == stored
    assert again == first
    assert again is not first
    with everything(reason="test"):
        assert Bureau.objects.get().code == "530102"


def test_rows_made_afterwards_do_not_meet_those_put_back() -> None:
    act = Act()
    with undone():
        prepared(act, act)
    put_back = prepared(act, act)
    assert Act("530103")().pk != put_back.pk
    assert act.n_done == 1


def test_on_other_rows_it_is_done_again() -> None:
    act = Act()
    with undone():
        prepared(act, act)
    Act("530103")()
    prepared(act, act)
    assert act.n_done == 2


def test_what_changes_rows_is_done_each_time() -> None:
    made = Act()()
    n_done = 0

    def rename() -> None:
        nonlocal n_done
        n_done += 1
        with everything(reason="test"):
            Bureau.objects.filter(pk=made.pk).update(name_zh="另一教育局")

    for _ in range(2):
        with undone():
            prepared("rename", rename)
    assert n_done == 2


def test_what_fails_is_not_kept() -> None:
    def refuse() -> None:
        message = "refused"
        raise LookupError(message)

    for _ in range(2):
        with pytest.raises(LookupError):
            prepared("refuse", refuse)

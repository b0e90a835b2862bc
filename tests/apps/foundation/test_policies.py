"""The registry of policies, and the proof that tells when one contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import School
from junheng.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from tests.world import World

    from junheng.apps.accounts.api import Reader


class Careless:
    """Lists every school but opens none."""

    acts = frozenset({"view"})

    def can(self, reader: Reader, act: str, obj: School) -> bool:
        return False

    def visible(self, reader: Reader, queryset: QuerySet[School]) -> QuerySet[School]:
        return queryset


def test_it_works(world: World) -> None:
    officer = world.reader(world.officer)
    assert policies.can(officer, "change", world.primary)
    policies.require(officer, "change", world.primary)


def test_seen_but_not_allowed(world: World) -> None:
    with pytest.raises(NotAllowed):
        policies.require(world.reader(world.head), "change", world.primary)


def test_what_may_not_be_seen_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        policies.require(world.reader(world.outsider), "change", world.primary)


def test_an_unknown_act_is_an_error_and_not_a_no(world: World) -> None:
    with pytest.raises(ValueError, match="no act “publish”"):
        policies.can(world.reader(world.officer), "publish", world.primary)


def test_a_second_policy_for_a_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="has a policy already"):
        policies.register(School, Careless())


def test_a_policy_that_contradicts_itself_is_found(world: World) -> None:
    with everything(reason="test"):
        found = policies.disagreements(Careless(), [world.reader(world.head)], School.objects.all())
    assert len(found) == 3
    assert "can=False, visible=True" in found[0]

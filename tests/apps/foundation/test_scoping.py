"""Scoped managers: nothing outside a scope, only what the scope reaches inside one."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from django.apps import apps

import junheng
from junheng.apps.foundation.policies import policy_for
from junheng.apps.foundation.scoping import (
    Reach,
    Scope,
    ScopedManager,
    ScopeMissing,
    current,
    everything,
    reach_of,
    within,
)
from junheng.apps.registry.api import Bureau, School, StageUnit

if TYPE_CHECKING:
    from tests.world import World


def test_it_works(world: World) -> None:
    with within(Scope(schools=frozenset({world.primary.pk}))):
        assert list(School.objects.all()) == [world.primary]
        assert {unit.school_id for unit in StageUnit.objects.all()} == {world.primary.pk}
        assert not Bureau.objects.exists()


@pytest.mark.parametrize("model", [Bureau, School, StageUnit])
def test_no_scope_is_an_error_and_not_an_empty_answer(
    model: type[Bureau | School | StageUnit],
) -> None:
    with pytest.raises(ScopeMissing, match=rf"registry\.{model.__name__}"):
        model.objects.all()


def test_a_related_manager_is_fenced_too(world: World) -> None:
    with pytest.raises(ScopeMissing):
        list(world.bureau.schools.all())
    with within(Scope(schools=frozenset({world.primary.pk}))):
        assert list(world.bureau.schools.all()) == [world.primary]


def test_an_empty_scope_reaches_nothing(world: World) -> None:
    with within(Scope()):
        assert not School.objects.exists()


def test_a_bureau_reaches_all_its_schools_and_no_others(world: World) -> None:
    with within(Scope(bureaus=frozenset({world.bureau.pk}))):
        assert set(School.objects.all()) == {world.primary, world.nine_year}


def test_everything_needs_a_reason(world: World) -> None:
    with pytest.raises(ValueError, match="reason"), everything(reason=" "):
        pass
    with everything(reason="test"):
        assert School.objects.count() == 3


def test_the_scope_ends_with_its_block_even_after_an_error() -> None:
    with pytest.raises(RuntimeError), within(Scope()):
        raise RuntimeError
    assert current() is None


def test_a_scope_does_not_reach_into_another_thread() -> None:
    seen: list[Scope | None] = []
    with within(Scope(is_everything=True)):
        thread = Thread(target=lambda: seen.append(current()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_every_scoped_model_says_how_it_is_reached_and_has_a_policy() -> None:
    scoped = [m for m in apps.get_models() if isinstance(m._default_manager, ScopedManager)]
    assert School in scoped
    for model in scoped:
        assert reach_of(model) != Reach(), model
        assert policy_for(model), model


def test_nobody_goes_round_the_managers() -> None:
    """Only the rotation of keys and the walls themselves read rows whoever they belong to."""
    package = Path(junheng.__file__).parent
    users = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "_base_manager" in path.read_text(encoding="utf-8")
    ]
    assert sorted(users) == ["apps/foundation/encryption.py", "apps/foundation/scoping.py"]

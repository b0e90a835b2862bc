"""The recount: summaries against rows, on a page of the bureau's IT section and as a command."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests.world import YEAR, settled

from junheng.apps.foundation.scoping import everything
from junheng.apps.jobs.api import run_worker
from junheng.apps.registry.api import class_counts
from junheng.apps.registry.models import ClassCount

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

PAGE = "/balance/recount/"
DAY = date(YEAR, 10, 15)


def counted(world: World) -> str:
    """Let a day be counted; return the code of one of its classes."""
    settled(world.bureau.code)
    return sorted(class_counts(world.bureau.pk, DAY))[0]


def spoil(code: str) -> None:
    with everything(reason="test"):
        ClassCount.objects.filter(class_code=code, on_date=DAY).update(n_pupils=999)


def run(client: Client) -> str:
    client.post(PAGE)
    assert run_worker(until_idle=True) == 1
    return client.get(PAGE).text


@pytest.fixture
def administrator(client: Client, world: World) -> Client:
    """The browser of the IT section, in English."""
    client.force_login(world.administrator)
    client.cookies["language"] = "en"
    return client


def test_it_works(administrator: Client, world: World) -> None:
    counted(world)
    assert "every summary is what the rows say" in run(administrator)


def test_a_difference_is_shown_and_put_right(administrator: Client, world: World) -> None:
    code = counted(world)
    spoil(code)
    page = run(administrator)
    assert "1 summary differed and was put right" in page
    assert code in page
    assert "999" in page
    assert "every summary is what the rows say" in run(administrator)


def test_asking_twice_counts_once(administrator: Client, world: World) -> None:
    counted(world)
    administrator.post(PAGE)
    administrator.post(PAGE)
    assert run_worker(until_idle=True) == 1


def test_the_command_ends_with_a_fault(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    code = counted(world)
    spoil(code)
    with pytest.raises(CommandError):
        call_command("recount")
    assert f"{world.bureau.code} {DAY} class {code} n_pupils: 999 -> " in capsys.readouterr().out
    call_command("recount")


@pytest.mark.parametrize("name", ["director", "head", "clerk"])
def test_others_may_not(client: Client, world: World, name: str) -> None:
    client.force_login(getattr(world, name))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403

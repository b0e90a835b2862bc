"""Nothing that was entered before a signature is missing from its copy."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections, transaction
from tests.nursery import PATIENCE_S

from junheng.apps.accounts.api import reader_on
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.selfassessment import selectors, services, signing
from junheng.apps.selfassessment.locking import course_locked
from junheng.apps.selfassessment.models import Course, SignedStep
from junheng.engine import standard
from junheng.errors import NotAllowed

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World


RULES = standard.load(standard.DEFAULT_RULESET_ID)
ROLE = "supervision_officer"


def begun(world: World) -> None:
    """Have the schools confirmed: what comes next needs a signature alone."""
    with everything(reason="test"):
        Course.objects.create(
            bureau=world.bureau,
            school_year=world.year,
            ruleset_id=RULES.id,
            stage="school_confirmed",
        )


def enter(world: World) -> None:
    place = services.Place(world.bureau.pk, world.year.pk, RULES.id, "G1")
    entered = services.Entered(data={"answer": "yes"}, document="x")
    with within(reader_on(world.officer, clock.today()).scope):
        services.item_enter(
            place, entered, replaces=None, role=ROLE, by=world.officer.pk, now=clock.now()
        )


def sign(world: World, role: str = ROLE, read: Event | None = None) -> None:
    reader = reader_on(world.officer, clock.today())

    def board() -> signing.Read:
        if read:
            read.set()
        return selectors.board_visible_to(reader, world.bureau, world.year.starts_on.year), ""

    with within(reader.scope):
        signing.stage_sign(
            signing.Yearly(world.bureau.pk, world.year.pk, RULES.id),
            signing.Signature(by=reader.user_id, role=role, at=clock.now()),
            document="",
            read=board,
        )


def entered_of_copy() -> Any:
    with everything(reason="test"):
        items = SignedStep.objects.get().frozen["items"]
    return next(one["entry"] for one in items if one["id"] == "G1")


def test_an_entry_made_while_the_page_answers_is_in_the_copy(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(world)

    def later(*place: Any) -> Course:
        # The last moment in which somebody else can enter: before the lock is held.
        enter(world)
        return course_locked(*place)

    monkeypatch.setattr("junheng.apps.selfassessment.signing.course_locked", later)
    client.force_login(world.officer)
    address = f"/balance/board/course/sign?year={world.year.starts_on.year}"
    assert client.post(address, {"seen": 0}).status_code == 302
    assert entered_of_copy()["data"] == {"answer": "yes"}


@pytest.mark.django_db(transaction=True)
def test_who_signs_waits_for_who_enters(world: World) -> None:
    begun(world)
    has_entered, may_commit, has_read = Event(), Event(), Event()

    def slow_entry() -> None:
        with transaction.atomic():
            enter(world)
            has_entered.set()
            may_commit.wait(PATIENCE_S)
        connections.close_all()

    def signature() -> None:
        sign(world, read=has_read)
        connections.close_all()

    both = [Thread(target=slow_entry), Thread(target=signature)]
    both[0].start()
    assert has_entered.wait(PATIENCE_S)
    both[1].start()
    assert not has_read.wait(0.2), "the board was read while an entry was under way"
    may_commit.set()
    for one in both:
        one.join(PATIENCE_S)
    assert entered_of_copy()["data"] == {"answer": "yes"}


def test_a_stage_is_signed_in_a_role_that_signs_it(world: World) -> None:
    begun(world)
    with pytest.raises(NotAllowed):
        sign(world, role="head")
    with everything(reason="test"):
        assert not SignedStep.objects.exists()

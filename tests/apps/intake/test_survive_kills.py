"""Imports by real processes: killed at any moment they leave all or nothing; two at once queue."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections, transaction
from tests.apps.intake import act
from tests.apps.intake.district import District, make
from tests.apps.jobs.test_survive_kills import environment
from tests.nursery import CHECKOUT, PATIENCE_S, is_there, kill, nursery, wait_for

from junheng.apps.foundation.models import Change
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import Import, PreviewPart, State
from junheng.apps.registry.api import Bureau

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = {State.RECEIVED: "check", State.CHECKED: "apply", State.APPLIED: "undo"}
N_KILLS, MOST_KILLS = 100, 600
N_EACH = 10
"""How often each act is at least killed before its point of commit, and after it."""


@dataclass
class Aim:
    """Kills of one act: at random moments, most of them before its point of commit.

    Where that point lies depends on the machine, and the outcomes tell: a kill that came too late
    draws the next ones forward, one that came too early lets them fall later.
    """

    reach_s: float = 1.0
    n_all: int = 0
    n_nothing: int = 0

    @property
    def is_proved(self) -> bool:
        return min(self.n_all, self.n_nothing) >= N_EACH

    def wait(self, chance: random.Random) -> None:
        Event().wait(chance.uniform(0, self.reach_s))

    def learn(self, *, is_done: bool) -> None:
        # In balance where two of three kills come too early, as there is more to be cut off there.
        self.reach_s *= 0.64 if is_done else 1.25
        self.n_all += is_done
        self.n_nothing += not is_done


def seen(district: District, source: Import) -> tuple[State, Any]:
    """Return the state of an import with all that belongs to it: stored rows, journal, preview.

    Behind the lock of the bureau, so that what a dead process sent last has come to its end.
    """
    with everything(reason="test"), transaction.atomic():
        Bureau.objects.select_for_update().get(pk=district.world.bureau.pk)
        source.refresh_from_db()
        written = Counter(Change.objects.filter(batch__isnull=False).values_list("batch", "kind"))
        batches = {source.batch: "import", source.undo_batch: "undo"}
        lines = {
            f"{batches[batch]} {kind}": n
            for (batch, kind), n in written.items()
            if batch in batches and batch
        }
        pages = PreviewPart.objects.filter(part__source=source).count()
        return State(source.state), (district.everything(), lines, pages)


def file_of(district: District) -> list[dict[str, str | None]]:
    """Return rows that add, change, end and carry over."""
    pupils = district.pupils_of(district.school)
    moved = [
        {**row, "from_date": "2025-10-13", "class_id": pupils[0]["class_id"]} for row in pupils
    ]
    return [*moved[:60], *({**row, "is_boarder": "1"} for row in pupils[60:])]


def receive(district: District) -> Import:
    source = district.send("pupils", file_of(district))
    assert source.state == State.CHECKED, district.faults(source)
    with everything(reason="test"):
        # As it was before the check, so that the check is an act to be killed, too.
        PreviewPart.objects.filter(part__source=source).delete()
        source.state = State.RECEIVED
        source.save()
    return source


@pytest.mark.soak
def test_a_hundred_kills_leave_all_or_nothing() -> None:
    district = make()
    expected = unkilled(district)
    # No seed: where a kill falls depends on the machine's clock, which no seed repeats.
    chance = random.SystemRandom()
    aims = {name: Aim() for name in ACTS.values()}
    source, before = receive(district), State.RECEIVED
    connections.close_all()
    with nursery("tests.apps.intake.act:run_and_stay", environment()) as started:
        for n_killed in range(MOST_KILLS):
            if n_killed >= N_KILLS and all(aim.is_proved for aim in aims.values()):
                break
            name = ACTS[before]
            process = started.start(name, str(source.pk))
            aims[name].wait(chance)
            assert is_there(process), f"{name} failed"
            kill(process)
            found, content = seen(district, source)
            assert content == expected[found], (name, before, found)
            aims[name].learn(is_done=found != before)
            before = found
            if found == State.UNDONE:
                source, before = receive(district), State.RECEIVED
    # Kills that all fell behind the end, or all before the beginning, would prove nothing.
    assert all(aim.is_proved for aim in aims.values()), aims


def unkilled(district: District) -> dict[State, Any]:
    """Return what is stored in each state of an import that nobody kills."""
    source = receive(district)
    expected = dict([seen(district, source)])
    for name in ACTS.values():
        act.run(name, str(source.pk))
        state, content = seen(district, source)
        expected[state] = content
    assert set(expected) == {*ACTS, State.UNDONE}
    return expected


def start(name: str, source: Import, begun: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.apps.intake.act", name, str(source.pk), str(begun)]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment())
    wait_for(lambda: begun.exists() or process.poll() is not None)
    return process


def test_two_imports_at_once_come_one_after_the_other(tmp_path: Path) -> None:
    """Two processes apply files that were checked side by side: the second finds its own aged."""
    district = make()
    row = district.rows("rooms")[0]
    files = [
        district.send("rooms", [{**row, "area_m2": area}], by=person)
        for area, person in (("1", district.world.officer), ("2", district.world.director))
    ]
    connections.close_all()
    started = [start("apply", one, tmp_path / str(n)) for n, one in enumerate(files)]
    codes = sorted(process.wait(PATIENCE_S) for process in started)
    assert codes == [0, 1]
    with everything(reason="test"):
        states = Counter(Import.objects.values_list("state", flat=True))
        assert states == {State.APPLIED: 1, State.CHECKED: 1}
        late = Import.objects.get(state=State.CHECKED)
        services.import_check(import_id=late.pk, is_aged=True)
    district.apply(late)
    assert district.rows("rooms")[0]["area_m2"] in {"1", "2"}

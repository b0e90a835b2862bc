"""Imports by real processes: killed at any moment they leave all or nothing; two at once queue."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections, transaction
from tests.apps.intake.district import District, make
from tests.apps.jobs.test_survive_kills import CHECKOUT, environment, wait_for

from junheng.apps.foundation.models import Change
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import Import, PreviewPart, State
from junheng.apps.registry.api import Bureau

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = {State.RECEIVED: "check", State.CHECKED: "apply", State.APPLIED: "undo"}
N_KILLS = 100


def start(act: str, source: Import, begun: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.apps.intake.act", act, str(source.pk), str(begun)]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment())
    wait_for(lambda: begun.exists() or process.poll() is not None, within_s=60)
    return process


def seen(district: District, source: Import) -> tuple[str, Any]:
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
        return source.state, (district.everything(), lines, pages)


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
def test_a_hundred_kills_leave_all_or_nothing(tmp_path: Path) -> None:
    district = make()
    expected: dict[str, Any] = {}
    source = receive(district)
    durations: dict[str, float] = {}
    expected[State.RECEIVED] = seen(district, source)[1]
    for act in ("check", "apply", "undo"):
        began = time.monotonic()
        process = start(act, source, tmp_path / act)
        begun = time.monotonic()
        assert process.wait(120) == 0
        durations[act] = time.monotonic() - begun
        state, found = seen(district, source)
        expected[state] = found
        assert time.monotonic() > began
    assert set(expected) == {State.RECEIVED, State.CHECKED, State.APPLIED, State.UNDONE}
    # No seed: where a kill falls depends on the machine's clock, which no seed repeats.
    chance = random.SystemRandom()
    outcomes: Counter[str] = Counter()
    source = receive(district)
    for n in range(N_KILLS):
        before, _ = seen(district, source)
        if before == State.UNDONE:
            source = receive(district)
            before = State.RECEIVED
        act = ACTS[State(before)]
        process = start(act, source, tmp_path / f"begun-{n}")
        Event().wait(chance.uniform(0, 1.1 * durations[act]))
        # The first run of an act may have met a busy machine: aim for kills that fall inside it.
        durations[act] *= 0.8 if process.poll() is not None else 1.1
        process.kill()
        process.wait()
        state, found = seen(district, source)
        assert found == expected[state], (act, before, state)
        outcomes[f"{act}: {'all' if state != before else 'nothing'}"] += 1

    # Kills that all fell behind the end, or all before the beginning, would prove nothing.
    assert outcomes["apply: nothing"] >= 5
    assert outcomes["undo: nothing"] >= 5
    assert sum(n for name, n in outcomes.items() if name.endswith("all")) >= 5


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
    codes = sorted(process.wait(60) for process in started)
    assert codes == [0, 1]
    with everything(reason="test"):
        states = Counter(Import.objects.values_list("state", flat=True))
        assert states == {State.APPLIED: 1, State.CHECKED: 1}
        late = Import.objects.get(state=State.CHECKED)
        services.import_check(import_id=late.pk, is_aged=True)
    district.apply(late)
    assert district.rows("rooms")[0]["area_m2"] in {"1", "2"}

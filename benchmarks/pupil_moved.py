"""One pupil moves: how long until the figures of the district are fresh again.

The sample district person by person in a database of its own (SQLite unless
JUNHENG_DATABASE_URL says otherwise). A round is `pupil_move`, `fresh_units`, `assess` and reading
the results that the live page shows, in a process that has measured before. Run as a process of its
own: `python -m benchmarks.pupil_moved` prints one JSON object; `--page` writes it as
docs/benchmarks-live.md, too.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from benchmarks.report import Line, machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Enrolment, Place, SchoolClass
    from junheng.engine.standard.ruleset import RuleSet

ROOT = Path(__file__).parents[1]
PRESET, FIRST_YEAR = "dongsheng", 2025
ON = date(2025, 9, 15)
"""The day as of which the figures are, and on which the pupils move."""

N_WARM_UP, N_ROUNDS = 10, 200
BAR_MS = 100

HEAD = """# Benchmark of live figures

Written by `python -m benchmarks.pupil_moved --page`; every run writes this page anew.

**A round**: one pupil of the sample district ({n_pupils:,} pupils, 59 units) moves into another
class (`pupil_move`: policies, rows, journal, counts of classes, one transaction); then the figures
of the live district page are made (`fresh_units`, `assess`, every unit, coefficient and verdict
read). The process has measured the district before, as one that serves pages has. {rounds} rounds
after {warm_up} that are not counted, on {store}. Processor time is that of the process, all
threads; wall time is what a person waits and grows with whatever else the machine does, so the load
average stands beside it.

Run on {day}: {machine}.

| what | measured | bar | kept |
|---|---|---|---|
"""

Times = dict[str, tuple[float, float]]
"""Part of a round to wall and processor time in ms."""


@dataclass(frozen=True)
class Cast:
    """Who moves where: everything that a round needs."""

    place: Place
    reader: Reader
    rules: RuleSet
    classes: Sequence[SchoolClass]
    movers: Sequence[Enrolment]


def measure() -> dict[str, object]:
    """Move one pupil after the other into another class; return what `main` prints."""
    from django.db import connection

    from junheng.apps.foundation.scoping import within
    from junheng.apps.registry.api import Pupil

    place = _filled()
    reader = _officer(place)
    with within(reader.scope):
        n_pupils = Pupil.objects.count()
        cast = _cast(place, reader)
        _figures(cast)
        rounds = [_round(cast, ix) for ix in range(N_WARM_UP + N_ROUNDS)][N_WARM_UP:]
    parts = {part: _summary([times[part] for times in rounds]) for part in ("move", "figures")}
    wholes = [tuple(sum(both) for both in zip(*times.values(), strict=True)) for times in rounds]
    return {
        "parts": parts | {"whole": _summary(wholes)},
        "rounds": len(rounds),
        "pupils": n_pupils,
        "store": connection.vendor,
        "load": os.getloadavg()[0],
    }


def _cast(place: Place, reader: Reader) -> Cast:
    from junheng.apps.registry.api import Enrolment, SchoolClass
    from junheng.engine import standard

    enrolled = Enrolment.objects.filter(to_date=None, from_date__lt=ON).order_by("pk")
    step = enrolled.count() // (N_WARM_UP + N_ROUNDS)
    return Cast(
        place=place,
        reader=reader,
        rules=standard.load(standard.DEFAULT_RULESET_ID),
        classes=list(SchoolClass.objects.order_by("pk")),
        movers=list(enrolled.select_related("pupil")[::step]),
    )


def _round(cast: Cast, ix: int) -> Times:
    from junheng.apps.registry.api import pupil_move

    mover = cast.movers[ix]
    to = cast.classes[(ix * 37) % len(cast.classes)]
    if to.pk == mover.school_class_id:
        to = cast.classes[(ix * 37 + 1) % len(cast.classes)]
    return {
        "move": _timed(
            lambda: pupil_move(reader=cast.reader, pupil=mover.pupil, school_class=to, on=ON)
        ),
        "figures": _timed(lambda: _figures(cast)),
    }


def _figures(cast: Cast) -> object:
    """Make everything that the live page shows."""
    from junheng.apps.registry.api import fresh_units
    from junheng.engine.standard.assess import assess

    found = assess(fresh_units(cast.place.bureau_id, on=ON, ruleset=cast.rules))
    return found.units, tuple(found.dispersion), found.counties


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _summary(times: Sequence[tuple[float, ...]]) -> dict[str, float]:
    found = {}
    for name, values in zip(("wall", "cpu"), zip(*times, strict=True), strict=True):
        found[f"{name}_p50_ms"] = median(values)
        found[f"{name}_p95_ms"] = quantiles(values, n=20)[-1]
    return found


def _filled() -> Place:
    """Write the sample district into the registry through the targets."""
    from tests.world import settled

    return settled(preset=PRESET)


def _officer(place: Place) -> Reader:
    from junheng.apps.accounts.api import Role, post_give, reader_on, user_create

    user = user_create(username="officer", display_name="officer", password=None)
    role, since = Role.BASIC_EDUCATION_OFFICER, date(FIRST_YEAR, 1, 1)
    post_give(user=user, role=role, valid_from=since, bureau_id=place.bureau_id)
    return reader_on(user, ON)


def page(found: dict[str, object]) -> str:
    """Return docs/benchmarks-live.md."""
    head = HEAD.format(
        n_pupils=found["pupils"],
        rounds=found["rounds"],
        warm_up=N_WARM_UP,
        store={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[str(found["store"])],
        day=datetime.now(UTC).date().isoformat(),
        machine=machine(),
    )
    return head + "\n".join(line.text() for line in _lines(found["parts"])) + "\n"


NAMES = {"move": "the move", "figures": "the figures", "whole": "both: a round"}


def _lines(parts: Any) -> list[Line]:
    lines = []
    for part, name in NAMES.items():
        for kind, unit in (("wall", "ms"), ("cpu", "CPU ms")):
            p50, p95 = parts[part][f"{kind}_p50_ms"], parts[part][f"{kind}_p95_ms"]
            told = f"p50 {p50:.0f}, p95 {p95:.0f} {unit}"
            is_judged = part == "whole" and kind == "wall"
            bar = f"p95 {BAR_MS} ms" if is_judged else ""
            lines.append(Line(name, told, bar, p95 <= BAR_MS if is_judged else None))
    return lines


def main() -> None:
    """Make the district in a folder of its own, measure, print one JSON object."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="junheng-bench-") as folder:
        os.environ |= {
            "JUNHENG_MODE": "test",
            "JUNHENG_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "junheng.web.settings",
        }
        os.environ.setdefault(
            "JUNHENG_DATABASE_URL", f"sqlite:///{Path(folder) / 'junheng.sqlite3'}"
        )
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        found = measure()
    print(json.dumps(found))
    if "--page" in sys.argv[1:]:
        (ROOT / "docs" / "benchmarks-live.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()

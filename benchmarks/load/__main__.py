"""Measure a morning: `python -m benchmarks.load [--page]`; --page writes docs/benchmarks-load.md.

Every user is a thread of one process beside the server's, so that what the users cost counts too.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.load import morning, site
from benchmarks.load.browser import Browser
from benchmarks.report import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.load.morning import Round, Step

BAR_MS = 300.0
SHOWN_FAULTS, SHOWN_LETTERS = 5, 200
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks-load.md"
HEAD = """# Benchmark under load

Written by `python -m benchmarks.load --page`; every run writes this page anew.

**A morning**: {users} users at once on `junheng serve` (one server process, one worker, SQLite,
district “{district}”) for {seconds} s, half of them at the bureau, half at a school. They come one
after the other within the first {arrive} s, each with an account and an address of their own, and
sign in by name and password (Argon2). Between two pages each of them reads for {think} s on
average. The bureau opens the start page, the newest assessment, a school, the sizes of classes; the
school its own page and the sizes of its classes, fetches its table of classes and sends it for a
preview. A time counts from the question to the last byte, redirects included, and sign-in is a page
like others. The users run on the same cores as the server.

Run on {day}: {machine}.

| page | asked | median ms | p95 ms | longest ms | faults | p95 below {bar:.0f} ms |
|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Run the morning and print, or write, what came of it; 1 when a bar was missed."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="junheng-load-") as name:
        folder = arguments.folder or Path(name)
        names = site.prepare(folder, arguments.district, arguments.users)
        with site.served(folder) as port:
            begun_load = machine()
            steps = run(port, names, arguments)
    lines, is_kept = table(steps)
    given = vars(arguments) | {"day": datetime.now(UTC).date().isoformat(), "bar": BAR_MS}
    text = HEAD.format(machine=begun_load, **given) + "\n".join(lines) + "\n"
    print(text)
    _tell_faults(steps)
    if arguments.page:
        PAGE.write_text(text, encoding="utf-8")
    return 0 if is_kept else 1


def run(port: int, names: list[str], arguments: argparse.Namespace) -> list[Step]:
    """Let all users do their rounds until the time is over; return every page they asked for."""
    steps: list[Step] = []
    ends_at = time.monotonic() + arguments.seconds
    users = []
    for ix, name in enumerate(names):
        round_ = morning.head if ix % 2 else morning.officer
        # Schools have an address each; what one address may try is bounded.
        browser = Browser(port, f"127.0.0.{ix + 2}")
        user = User(browser, name, round_, random.Random(ix), arguments.think, ends_at)
        arrives_s = arguments.arrive * ix / arguments.users
        users.append(threading.Thread(target=user.work, args=(arrives_s, steps)))
    for thread in users:
        thread.start()
    for thread in users:
        thread.join()
    return steps


@dataclass(frozen=True)
class User:
    """One of the users: who, doing which round, reading for how long, until when."""

    browser: Browser
    name: str
    round_: Round
    chance: random.Random
    think_s: float
    ends_at: float

    def work(self, arrives_s: float, steps: list[Step]) -> None:
        """Come, sign in, then do rounds until the time is over; each page goes to `steps`."""
        time.sleep(arrives_s)
        is_going_on = self._read(morning.sign_in(self.browser, self.name), steps)
        while is_going_on:
            is_going_on = self._read(self.round_(self.browser, self.chance), steps)

    def _read(self, pages: Iterator[Step], steps: list[Step]) -> bool:
        for step in pages:
            steps.append(step)
            think_s = self.chance.uniform(0.5, 1.5) * self.think_s
            # Who would still be reading at the end asks for no further page: else all users would
            # ask for theirs in the same moment.
            if time.monotonic() + think_s > self.ends_at:
                return False
            time.sleep(think_s)
        return True


def table(steps: list[Step]) -> tuple[list[str], bool]:
    """Return a row for each page and one for all, and whether every bar was kept."""
    pages: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        pages[step.page].append(step)
    rows = [_row(page, found) for page, found in pages.items()] + [_row("all pages", steps)]
    return [text for text, _ in rows], all(is_kept for _, is_kept in rows)


def _row(page: str, steps: list[Step]) -> tuple[str, bool]:
    ms = [step.answer.took_s * 1000 for step in steps]
    p95 = quantiles(ms, n=20)[-1] if len(ms) > 1 else ms[0]
    n_faults = sum(not step.is_right for step in steps)
    is_kept = p95 < BAR_MS and not n_faults
    text = (
        f"| {page} | {len(ms)} | {median(ms):.0f} | {p95:.0f} | {max(ms):.0f} | {n_faults} "
        f"| {'yes' if is_kept else 'no'} |"
    )
    return text, is_kept


def _tell_faults(steps: list[Step]) -> None:
    faults = Counter(
        f"{step.page}: {step.answer.status} {step.answer.path} {_said(step)}"
        for step in steps
        if not step.is_right
    )
    for fault, n_times in faults.most_common(SHOWN_FAULTS):
        print(f"{n_times} x {fault}", file=sys.stderr)


def _said(step: Step) -> str:
    """Return the words of an answer from its first heading on."""
    text = step.answer.text
    words = re.sub(r"<[^>]*>", " ", text[max(text.find("<h1"), 0) :]).split()
    return " ".join(words)[:SHOWN_LETTERS]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Many users at once on one site.")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--arrive", type=float, default=60.0, help="seconds in which all come")
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two pages")
    parser.add_argument("--district", default="dongsheng")
    parser.add_argument("--folder", type=Path, help="keep the district here for the next run")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks-load.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

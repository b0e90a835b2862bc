"""Run the whole suite: on SQLite, then what touches the database again on PostgreSQL.

    python tools/test.py          what `make test` runs
    python tools/test.py --soak   the long proofs, on both stores

Prints at the end what ran where, what was skipped and why; exits non-zero when anything failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from tests import stores  # noqa: E402 - the checkout has to be on the path first

NOTHING_COLLECTED = 5
LINE = "=" * 78


@dataclass
class Outcome:
    """What one run of pytest gave. `not_run` says why it did not take place at all."""

    title: str
    n_passed: int = 0
    n_failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    is_broken: bool = False
    not_run: str = ""

    @property
    def is_good(self) -> bool:
        return not self.n_failed and not self.is_broken

    @property
    def line(self) -> str:
        if self.not_run:
            return f"NOT RUN: {self.not_run}"
        counts = f"{self.n_passed} passed, {self.n_failed} failed, {self.skipped.total()} skipped"
        broken = ", PYTEST STOPPED WITH AN ERROR" if self.is_broken else ""
        return f"{counts} in {self.seconds:.0f} s{broken}"


def main() -> int:
    arguments = _arguments()
    outcomes = run_soak(arguments.rest) if arguments.soak else run_suite(arguments.rest)
    report(outcomes)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def run_suite(rest: list[str]) -> list[Outcome]:
    """Run everything on SQLite, then what touches the database on PostgreSQL."""
    # Files stay whole on one process, so that what a file prepares is prepared once.
    side_by_side = ["-n", "2", "--dist", "loadfile"]
    return [
        run_pytest("suite on SQLite", "sqlite", "not soak", [*side_by_side, *rest]),
        on_postgres("database tests on PostgreSQL", "store and not soak", [*side_by_side, *rest]),
    ]


def run_soak(rest: list[str]) -> list[Outcome]:
    """Run the long proofs one after the other: they use both cores themselves."""
    return [
        run_pytest("long proofs on SQLite", "sqlite", "soak", rest),
        on_postgres("long proofs on PostgreSQL", "soak and store", rest),
    ]


def on_postgres(title: str, marks: str, rest: list[str]) -> Outcome:
    """Run pytest against a cluster of its own, which is stopped afterwards."""
    try:
        cluster = stores.start()
    except stores.NoServer as error:
        return Outcome(title, not_run=str(error))
    try:
        return run_pytest(title, "postgres", marks, rest, {stores.URL_VARIABLE: cluster.url})
    finally:
        cluster.stop()


def run_pytest(
    title: str, store: str, marks: str, rest: list[str], env: dict[str, str] | None = None
) -> Outcome:
    """Run pytest in a process of its own and count what it reports."""
    print(f"{LINE}\n{title}\n{LINE}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", marks, f"--junit-xml={results}"]
        around = os.environ | {stores.STORE_VARIABLE: store} | (env or {})
        code = subprocess.run([*command, *rest], cwd=CHECKOUT, env=around, check=False).returncode
        outcome = read_results(title, results)
    outcome.seconds = time.monotonic() - begun
    outcome.is_broken = code not in {0, 1, NOTHING_COLLECTED}
    return outcome


def read_results(title: str, path: Path) -> Outcome:
    """Count passed, failed and skipped tests in pytest's own result file."""
    outcome = Outcome(title)
    # The file was written a moment ago by the process this one started.
    cases = ET.parse(path).iter("testcase") if path.exists() else []  # noqa: S314
    for case in cases:
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.n_failed += 1
        elif skip is not None:
            outcome.skipped[skip.get("message", "")] += 1
        else:
            outcome.n_passed += 1
    return outcome


def report(outcomes: list[Outcome]) -> None:
    """Print what ran where, what was skipped and why, and a last line as pytest writes it."""
    print(f"\n{LINE}\nWhat ran\n{LINE}")
    for outcome in outcomes:
        print(f"{outcome.title}: {outcome.line}")
        for reason, n_tests in outcome.skipped.most_common():
            print(f"    skipped {n_tests}: {reason}")
    for outcome in outcomes:
        if outcome.not_run:
            print(f"\n!!! {outcome.title}: {outcome.line} !!!")
    n_failed = sum(outcome.n_failed + outcome.is_broken for outcome in outcomes)
    parts = {
        "failed": n_failed,
        "passed": sum(outcome.n_passed for outcome in outcomes),
        "skipped": sum(outcome.skipped.total() for outcome in outcomes),
    }
    counts = ", ".join(f"{n} {word}" for word, n in parts.items() if n)
    seconds = sum(outcome.seconds for outcome in outcomes)
    print(f"\n====== {counts or 'no tests ran'} in {seconds:.2f}s ======")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--soak", action="store_true", help="the long proofs only")
    parser.add_argument("rest", nargs="*", help="passed on to pytest, after --")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Run the whole suite: on SQLite, then what touches the database again on PostgreSQL.

    python tools/test.py          what `make test` runs
    python tools/test.py --soak   the long proofs on both stores, browsers on PostgreSQL

Prints at the end what ran where, what was skipped and why; exits non-zero when anything failed. A
run that outlasts its bound is ended, with a trace of what each of its processes was doing.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from tests import stores  # noqa: E402 - the checkout has to be on the path first

if TYPE_CHECKING:
    from collections.abc import Mapping

BYTECODE = CHECKOUT / ".make" / "bytecode"
NOTHING_COLLECTED = 5
LINE = "=" * 78

# Far above what a run takes; a run that reaches its bound hangs. The bound of the long proofs is
# for both stores together.
SQLITE_MINUTES, POSTGRES_MINUTES, SOAK_MINUTES = 25, 20, 40
# A long proof may take longer than the bound of pyproject.toml allows a single test.
SOAK_TEST_S = 1200
LAST_WORDS_S = 2

# Files stay whole on one process as long as none is idle; the last tests are shared out, so that
# nobody waits for a long file. Two processes more than cores work while others wait for a browser,
# a command or the server of the database.
SHARED_OUT = ("-n", "4", "--dist", "worksteal")
# The long proofs compute more than they wait.
SOAK_SHARED_OUT = ("-n", "2", "--dist", "worksteal")


@dataclass(frozen=True)
class Run:
    """One run of pytest: what to call it, on which store, which marks, for how long."""

    title: str
    store: str
    marks: str
    minutes: int
    rest: tuple[str, ...]


@dataclass
class Outcome:
    """What one run of pytest gave. `not_run` says why it did not take place at all."""

    title: str
    n_passed: int = 0
    n_failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    is_broken: bool = False
    is_overdue: bool = False
    not_run: str = ""

    @property
    def is_good(self) -> bool:
        return not self.n_failed and not self.is_broken and not self.is_overdue

    @property
    def line(self) -> str:
        if self.not_run:
            return f"NOT RUN: {self.not_run}"
        counts = f"{self.n_passed} passed, {self.n_failed} failed, {self.skipped.total()} skipped"
        broken = ", PYTEST STOPPED WITH AN ERROR" if self.is_broken else ""
        overdue = ", ENDED BECAUSE IT DID NOT COME TO AN END" if self.is_overdue else ""
        return f"{counts} in {self.seconds:.0f} s{broken}{overdue}"


def main() -> int:
    arguments = _arguments()
    outcomes = run_soak(arguments.rest) if arguments.soak else run_suite(arguments.rest)
    report(outcomes)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def run_suite(rest: list[str]) -> list[Outcome]:
    """Run everything on SQLite, then what touches the database on PostgreSQL."""
    words = (*SHARED_OUT, *order(), *rest)
    on_sqlite = Run("suite on SQLite", "sqlite", "not soak", SQLITE_MINUTES, words)
    marks = "store and not soak and not browser"
    on_server = Run("database tests on PostgreSQL", "postgres", marks, POSTGRES_MINUTES, words)
    return [run_pytest(on_sqlite), on_postgres(on_server)]


def run_soak(rest: list[str]) -> list[Outcome]:
    """Run the long proofs on SQLite, then on PostgreSQL in what is left of the time.

    Browsers meet PostgreSQL here; the suite asks every address there without one.
    """
    words = (*SOAK_SHARED_OUT, *order(), "-o", f"faulthandler_timeout={SOAK_TEST_S}", *rest)
    on_sqlite = run_pytest(Run("long proofs on SQLite", "sqlite", "soak", SOAK_MINUTES, words))
    n_left = SOAK_MINUTES - int(on_sqlite.seconds / 60)
    marks = "store and (soak or browser)"
    on_server = Run("long proofs on PostgreSQL", "postgres", marks, n_left, words)
    return [on_sqlite, on_postgres(on_server, patience_s=SOAK_TEST_S)]


def order() -> tuple[str, ...]:
    """Return the seed of the random order: another with every commit, one for all its runs."""
    command = ["git", "rev-parse", "--verify", "HEAD"]
    found = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    # A copy without history has no commit; it keeps the order that pytest-randomly draws.
    return (f"--randomly-seed={int(found.stdout[:8], 16)}",) if found.returncode == 0 else ()


def on_postgres(run: Run, patience_s: int = stores.PATIENCE_S) -> Outcome:
    """Run pytest against a cluster of its own, which is stopped afterwards."""
    try:
        cluster = stores.start(patience_s)
    except stores.NoServer as error:
        return Outcome(run.title, not_run=str(error))
    try:
        return run_pytest(run, {stores.URL_VARIABLE: cluster.url})
    finally:
        cluster.stop()


def run_pytest(run: Run, env: dict[str, str] | None = None) -> Outcome:
    """Run pytest in a process of its own and count what it reports."""
    print(f"{LINE}\n{run.title}\n{LINE}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", run.marks, f"--junit-xml={results}"]
        around = with_bytecode(os.environ) | {stores.STORE_VARIABLE: run.store} | (env or {})
        code = end_in_time([*command, *run.rest], around, run.minutes * 60)
        outcome = read_results(run.title, results)
    outcome.seconds = time.monotonic() - begun
    outcome.is_overdue = code is None
    # A process that a bound has ended leaves with 1 as well, and tells of no failed test.
    is_told = code in {0, NOTHING_COLLECTED} or (code == 1 and outcome.n_failed > 0)
    outcome.is_broken = not is_told and not outcome.is_overdue
    return outcome


def with_bytecode(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which Python keeps what it compiled, beside no source file.

    Every process of a run and every command that a test starts would compile all modules anew
    where the environment forbids to write bytecode: measured, 8 processor seconds a process of
    pytest and half of all that a test of the command line takes.
    """
    kept = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": str(BYTECODE)} | kept


def end_in_time(command: list[str], env: dict[str, str], bound_s: float) -> int | None:
    """Run a command with all its children; return its exit code, None when it was ended."""
    process = subprocess.Popen(command, cwd=CHECKOUT, env=env, process_group=0)
    try:
        return process.wait(bound_s)
    except subprocess.TimeoutExpired:
        # Pytest answers SIGABRT with the stack of every thread.
        os.killpg(process.pid, signal.SIGABRT)
        time.sleep(LAST_WORDS_S)
        return None
    finally:
        # Also after Ctrl-C, which a group of its own does not hear.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
    n_failed = sum(
        outcome.n_failed + outcome.is_broken + outcome.is_overdue for outcome in outcomes
    )
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

"""Processes to be killed, forked from one that is set up: `python -m tests.nursery module:name`.

Each line of input is the arguments of one more child, as JSON; its process id is the answer. A
hundred interpreters that each import everything would take longer than the proof they serve.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CHECKOUT = Path(__file__).parents[1]
PATIENCE_S = 150
"""How long to wait for what has to come: far above what a busy machine takes, below what hangs."""


@dataclass(frozen=True)
class Nursery:
    """The process that forks, as the test sees it."""

    process: subprocess.Popen[str]
    started: list[int]

    def start(self, *arguments: str) -> int:
        """Start one more child and return its process id."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(arguments), file=self.process.stdin, flush=True)
        self.started.append(int(self.process.stdout.readline()))
        return self.started[-1]


@contextmanager
def nursery(function: str, env: Mapping[str, str]) -> Iterator[Nursery]:
    """Fork children that call `function`, written as `module:name`; none outlives the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.nursery", function],
        cwd=CHECKOUT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started: list[int] = []
    try:
        yield Nursery(process, started)
    finally:
        process.communicate()
        wait_for(lambda: not any(map(is_there, started)))


def is_there(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists()


def kill(process_id: int) -> None:
    """Kill a child that is at work, and return when it is gone."""
    os.kill(process_id, signal.SIGKILL)
    wait_for(lambda: not is_there(process_id))


def wait_for(condition: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s"
        Event().wait(0.02)


def main() -> None:
    import django

    django.setup()
    module, _, name = sys.argv[1].partition(":")
    function: Callable[..., object] = getattr(import_module(module), name)
    # Who ends is buried at once; who is left at the end of input is told to go.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    started = []
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _live(function, json.loads(line))
        started.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for child in started:
        try:
            os.kill(child, signal.SIGTERM)
        except ProcessLookupError:
            continue


def _live(function: Callable[..., object], arguments: list[str]) -> None:
    """Call the function in the child, which then ends without a word of its parent's."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(0)
    try:
        function(*arguments)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()

"""The command line as a person or a script meets it: exit code, standard output, standard error."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.nursery import PATIENCE_S

from junheng.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output; anything beside it is an error."""
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed


def call(*arguments: str | Path) -> Outcome:
    """Run a command in this process, through the same entry as the installed program."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stopped:
            code = int(str(stopped.code))
    return Outcome(code, out.getvalue(), err.getvalue())


def run(
    *arguments: str | Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run a command as a process of its own, without what browser tests set for theirs."""
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(
        [sys.executable, "-m", "junheng.cli", *map(str, arguments)],
        cwd=cwd,
        env={**inherited, **(environment or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)

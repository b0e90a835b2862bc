"""Running the new version's program while the old one watches."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OK = 200
SHOWN = 500
STOP_WITHIN_S = 15.0


@dataclass(frozen=True)
class Program:
    """The program of an environment; `lock` is a handle that it keeps open while it runs."""

    environment: Path
    lock: int

    def run(self, *arguments: str) -> None:
        """Run one command to its end; UpgradeFault with its last words when it fails."""
        done = subprocess.run(  # noqa: S603 - the program that was just installed
            self._command(arguments),
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=(self.lock,),
            check=False,
        )
        if done.returncode:
            raise UpgradeFault(
                say(
                    "“junheng {command}” of the new version failed: {reason}",
                    command=" ".join(arguments),
                    reason=(done.stderr.strip() or done.stdout.strip())[-SHOWN:],
                )
            )

    def knows(self, command: str) -> bool:
        """Say whether the program has a command."""
        done = subprocess.run(  # noqa: S603 - the program that was just installed
            self._command((command, "--help")), capture_output=True, check=False
        )
        return done.returncode == 0

    def require_ready(self, *, host: str, within_s: float) -> None:
        """Serve at a free port of this machine until /health/ready answers that all is well.

        `host` is the name that is asked for, which the site checks.
        """
        port = _free_port()
        with self._served(port) as server:
            deadline = time.monotonic() + within_s
            answer = _ask(port, host)
            while answer[0] != OK:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise UpgradeFault(
                        say("The new version does not get ready: {reason}", reason=answer[1])
                    )
                time.sleep(0.2)
                answer = _ask(port, host)

    @contextmanager
    def _served(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        server = subprocess.Popen(  # noqa: S603 - the program that was just installed
            self._command(("serve", "--host", "127.0.0.1", "--port", str(port))),
            stdout=subprocess.DEVNULL,
            pass_fds=(self.lock,),
        )
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        program = [str(self.environment / "bin" / "junheng"), *arguments]
        # Whoever is started goes when this process goes, however it goes.
        tie = shutil.which("setpriv")
        return [tie, "--pdeathsig", "TERM", *program] if tie else program


def _ask(port: int, host: str) -> tuple[int, str]:
    """Return the status of /health/ready, 0 when nobody answers, and what was said."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read(SHOWN).decode(errors="replace")
    except (OSError, HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

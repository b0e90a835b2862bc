"""A private PostgreSQL cluster for the tests: own folder, own port, stopped at the end.

Debian's server programs are used where they are installed. `initdb` and `postgres` refuse root, so
that root starts them as the user `postgres` (or `nobody`).
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

STORE_VARIABLE = "JUNHENG_TEST_STORE"
URL_VARIABLE = "JUNHENG_TEST_POSTGRES_URL"
STORES = ("sqlite", "postgres")

# A cluster that is thrown away needs no durability.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50")

# How long a statement may take and a transaction may lie idle: less than a test may hang
# (faulthandler_timeout in pyproject.toml), so that the server says who waited for what.
PATIENCE_S = 150
OUT_OF_PATIENCE = ("lock timeout", "statement timeout", "idle-in-transaction", "deadlock")


class NoServer(Exception):
    """PostgreSQL cannot be started here; the message says why."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: where it answers, its folder, the programs and the user that run it."""

    url: str
    folder: Path
    programs: Path
    prefix: tuple[str, ...]

    def stop(self) -> None:
        """Stop the server of this folder, by the process id it wrote, and remove the folder.

        What the server gave up waiting for is told with the statement, which no error holds.
        """
        for line in _given_up(self.folder / "log"):
            sys.stderr.write(f"POSTGRESQL: {line}\n")
        _run(
            self.prefix, self.programs / "pg_ctl", "stop", "-D", self.folder / "data", "-m", "fast"
        )
        shutil.rmtree(self.folder, ignore_errors=True)


def find_programs() -> Path:
    """Return the folder of the newest server programs; NoServer when there are none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    if not found:
        message = "no PostgreSQL server programs found (Debian: apt install postgresql)"
        raise NoServer(message)
    return max(found, key=lambda folder: _version(folder.parent.name))


def start(patience_s: int = PATIENCE_S) -> Cluster:
    """Start a cluster of its own on a free port of 127.0.0.1; NoServer when that fails."""
    programs, (prefix, uid, gid) = find_programs(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="junheng-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, uid, gid)
    data, port = folder / "data", _free_port()
    try:
        _run(
            prefix,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "junheng",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        settings = [
            f"port={port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
        ]
        options = " ".join(f"-c {setting}" for setting in (*settings, *FAST, *_patient(patience_s)))
        _run(
            prefix,
            programs / "pg_ctl",
            "start",
            "-w",
            "-D",
            data,
            "-l",
            folder / "log",
            "-o",
            options,
        )
    except subprocess.CalledProcessError as error:
        shutil.rmtree(folder, ignore_errors=True)
        message = f"PostgreSQL did not start: {error.stdout.strip()[-500:]}"
        raise NoServer(message) from error
    url = f"postgresql://junheng@127.0.0.1:{port}/postgres"
    return Cluster(url=url, folder=folder, programs=programs, prefix=prefix)


def _patient(patience_s: int) -> tuple[str, ...]:
    """Return settings that end every wait with an error; locks are the first to give up."""
    return (
        f"lock_timeout={patience_s // 2}s",
        f"statement_timeout={patience_s}s",
        f"idle_in_transaction_session_timeout={patience_s}s",
        "log_lock_waits=on",
    )


def _given_up(log: Path) -> list[str]:
    """Return what the server ended of its own accord, each with the lines that explain it."""
    found, is_explained = [], False
    for line in log.read_text(errors="replace").splitlines():
        if " LOG:" in line or " ERROR:" in line or " FATAL:" in line:
            is_explained = any(words in line for words in OUT_OF_PATIENCE)
        if is_explained:
            found.append(line)
    return found


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def _unprivileged() -> tuple[tuple[str, ...], int, int]:
    """Return the words that run a command without root's rights, and the ids it then has."""
    if os.geteuid() != 0:
        return (), os.geteuid(), os.getegid()
    user = next((u for u in ("postgres", "nobody") if _exists(u)), None)
    if user is None or not shutil.which("setpriv"):
        message = (
            "root cannot run PostgreSQL, and there is no setpriv or no other user to run it as"
        )
        raise NoServer(message)
    entry = pwd.getpwnam(user)
    words = ("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    return words, entry.pw_uid, entry.pw_gid


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(prefix: tuple[str, ...], program: Path, *arguments: str | Path) -> None:
    # In a folder that everybody may enter: the other user may not enter ours. The server keeps what
    # it inherits open, so that its output must not be a pipe of ours.
    with tempfile.TemporaryFile("w+") as output:
        command = [*prefix, str(program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
        output.seek(0)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, output=output.read())

"""Starting the site for real: it serves, runs jobs beside, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from tests.nursery import PATIENCE_S

from junheng.web import run
from junheng.web.environment import SettingError

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

CHECKOUT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def answers(address: str, process: subprocess.Popen[str]) -> bool:
    assert process.poll() is None
    try:
        with urllib.request.urlopen(address) as reply:  # noqa: S310 - our own server
            return bool(reply.status == HTTPStatus.OK)
    except OSError:
        return False


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of an empty site whose database is there."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("JUNHENG_")}
    folder = str(tmp_path_factory.mktemp("site"))
    env |= {"JUNHENG_MODE": "demo", "JUNHENG_VAR": folder, "JUNHENG_LANG": "en"}
    env["JUNHENG_PROCESSES"] = "2"
    code = "from junheng.web import run; run.manage(['migrate', '-v0'])"
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=env, check=True)
    return env


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads processes from /proc")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_it_works(site: dict[str, str], end: signal.Signals) -> None:
    port = free_port()
    code = f"import sys; from junheng.web import run; sys.exit(run.serve(port={port}))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, env=site, stdout=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not answers(f"http://127.0.0.1:{port}/sign-in/", process):
            assert time.monotonic() < deadline
            Event().wait(0.1)
        children = children_of(process.pid)
        # The worker, two that answer, and what clears up behind the two.
        assert len(children) == 1 + 2 + 1
        process.send_signal(end)
        assert process.wait(PATIENCE_S) == (0 if end == signal.SIGTERM else -end)
        deadline = time.monotonic() + PATIENCE_S
        while any(is_alive(child) for child in children):
            assert time.monotonic() < deadline
            Event().wait(0.1)
    finally:
        process.kill()
        output, _ = process.communicate()
    assert f"Junheng is at http://127.0.0.1:{port}/ - sign in with one click on a role." in output


EVERYWHERE = "0.0.0.0"  # noqa: S104 - the very thing that is refused here


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.1", "junheng.example"])
def test_the_demo_refuses_a_public_address(settings: Settings, host: str) -> None:
    settings.IS_DEMO = True
    with pytest.raises(SettingError, match=r"serves 127\.0\.0\.1 only"):
        run.serve(host, free_port())


def test_an_address_in_use_is_told(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingError, match=f"Cannot listen on 127.0.0.1:{port}"):
            run.serve("127.0.0.1", port)


def test_the_demo_looks_at_the_address_before_it_loads(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code = f"from junheng.cli import main; main(['demo', '--quick', '--port', '{port}'])"
        env = os.environ | {"JUNHENG_VAR": str(tmp_path / "var"), "JUNHENG_LANG": "en"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=CHECKOUT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert not list((tmp_path / "var").rglob("*.sqlite3"))

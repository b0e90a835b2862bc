"""The site under load: the sample district in a folder of its own, served as it is for anyone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING

from benchmarks.load.morning import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Everybody has an account, a password (Argon2 counts) and, at a school, a school of their own as
# long as there are enough of them.
PREPARE = """
import sys, django
django.setup()
from datetime import date
from django.contrib.auth.hashers import make_password
from junheng.apps.accounts.models import Role, User
from junheng.apps.accounts.services import post_give, user_create
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.models import School
from junheng.web import demo
district, password, n_users = sys.argv[1], sys.argv[2], int(sys.argv[3])
demo.prepare(lambda told: print(told.render(), file=sys.stderr), district)
with everything(reason="the benchmark under load"):
    schools = list(School.objects.order_by("pk"))
    for ix in range(n_users):
        name, school = f"load-{ix}", schools[ix // 2 % len(schools)]
        if not User.objects.filter(username=name).exists():
            user = user_create(username=name, display_name=name)
            role, place = Role.SUPERVISION_OFFICER, {"bureau_id": school.bureau_id}
            if ix % 2:
                role, place = Role.HEAD, {"school_id": school.pk}
            post_give(user=user, role=role, valid_from=date(2020, 9, 1), **place)
            user.password = make_password(password)
            user.save(update_fields=["password"])
"""
READY_WITHIN_S = 120.0


def prepare(folder: Path, district: str, n_users: int) -> list[str]:
    """Make district and accounts in a folder, as far as they are not there; return user names.

    Every second of them is a head, the others are supervision officers.
    """
    command = [sys.executable, "-c", PREPARE, district, PASSWORD, str(n_users)]
    subprocess.run(command, env=_environment(folder), check=True)
    return [f"load-{ix}" for ix in range(n_users)]


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Run `junheng serve` with its worker on a free port until the block ends; give the port."""
    port = _free_port()
    command = [sys.executable, "-m", "junheng.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=_environment(folder), stdout=subprocess.DEVNULL) as server:
        try:
            _wait_until_ready(port)
            yield port
        finally:
            server.terminate()


def _environment(folder: Path) -> dict[str, str]:
    settings = {
        "JUNHENG_MODE": "demo",
        "JUNHENG_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "junheng.web.settings",
    }
    return os.environ | settings


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not _is_ready(port):
        if time.monotonic() > deadline:
            message = "the site does not get ready"
            raise TimeoutError(message)
        time.sleep(0.5)


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""Starting the site: the server with a worker beside it, a worker alone, a management command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

from junheng.i18n import say, translator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from junheng.i18n import Message

SETTINGS = "junheng.web.settings"
STOP_WITHIN_S = 10.0
WORKER = (sys.executable, "-m", "junheng.web.run", "worker", "--tied")


def serve(host: str = "127.0.0.1", port: int = 8000, *, dev: bool = False) -> int:
    """Serve the site until stopped, with a worker beside it; return the exit code.

    `dev` reloads on every change and starts the asset server. SettingError when the address is
    taken, or public in demo mode.
    """
    if dev:
        os.environ |= {"JUNHENG_DEBUG": "1", "JUNHENG_VITE_DEV": "1"}
        os.environ.setdefault("JUNHENG_MODE", "demo")
    _set_up()
    check_address(host, port)
    with ExitStack() as beside:
        beside.enter_context(_terminate_as_interrupt())
        beside.enter_context(_kept_running(WORKER))
        if dev:
            beside.enter_context(_kept_running(_asset_server()))
        _tell(_where(host, port))
        _run_server(host, port, dev=dev)
    return 0


def worker(*, tied: bool = False) -> int:
    """Run jobs until SIGTERM or SIGINT; return the exit code.

    `tied`: end as well when standard input closes, as it does when the process that started this
    one is gone, however it went.
    """
    _set_up()
    from junheng.apps.audit.api import seal_due
    from junheng.apps.balance.api import nightly_due
    from junheng.apps.jobs.api import run_worker
    from junheng.apps.operation.api import heartbeats

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if tied:
        threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    with heartbeats(duties=[seal_due, nightly_due]):
        run_worker(stop=stop)
    return 0


def manage(argv: Sequence[str]) -> int:
    """Run one of Django's management commands and return the exit code."""
    _set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["junheng manage", *argv])
    return 0


def check_address(host: str, port: int) -> None:
    """SettingError when the site cannot listen there, or may not: the demo serves no one else."""
    from django.conf import settings

    from junheng.web.environment import SettingError

    if settings.IS_DEMO and not _is_loopback(host):
        raise SettingError(
            say(
                "The demo lets anyone in without a password and serves 127.0.0.1 only, not {host}.",
                host=host,
            )
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = say(
                "Cannot listen on {host}:{port}: {reason}. Choose another with --port.",
                host=host,
                port=port,
                reason=error.strerror or "",
            )
            raise SettingError(message) from error


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _where(host: str, port: int) -> Message:
    from django.conf import settings

    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}/"
    if settings.IS_DEMO:
        return say("Junheng is at {url} - sign in with one click on a role.", url=url)
    return say("Junheng is at {url} - sign in with your user name.", url=url)


def _tell(message: Message) -> None:
    language = os.environ.get("JUNHENG_LANG", "zh")
    sys.stdout.write(message.render(translator(language)) + "\n")
    sys.stdout.flush()


def _run_server(host: str, port: int, *, dev: bool) -> None:
    import uvicorn
    from django.conf import settings

    from junheng.web.settings import WEB_DIR

    try:
        # Access lines would hold query strings, and these may hold names.
        uvicorn.run(
            "junheng.web.asgi:application",
            host=host,
            port=port,
            reload=dev,
            reload_dirs=[str(WEB_DIR.parent)] if dev else None,
            workers=None if dev else settings.SERVER_PROCESSES,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
        )
    except KeyboardInterrupt:
        return


@contextmanager
def _terminate_as_interrupt() -> Iterator[None]:
    """Unwind on SIGTERM as on Ctrl-C, so that what runs beside the server is stopped too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _kept_running(command: Sequence[str]) -> Iterator[None]:
    """Keep a process running beside this one, start it anew when it dies, stop it at the end."""
    ended = threading.Event()
    process = _start(command)

    def watch() -> None:
        nonlocal process
        while not ended.wait(1.0):
            if process.poll() is not None:
                process = _start(command)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        _stop(process)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own fixed command


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _asset_server() -> tuple[str, ...]:
    from junheng.web.settings import CHECKOUT_DIR

    return (sys.executable, str(CHECKOUT_DIR / "tools" / "frontend.py"), "dev")


def _stop_at_end_of_input(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(worker(tied="--tied" in sys.argv))

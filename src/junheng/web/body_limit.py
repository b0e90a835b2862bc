"""Bodies of requests that are too large, refused before they are read.

Under ASGI a whole body is kept before a view is asked. What tells its length is refused by that;
what does not is cut off when it has grown too large. In front of this stands the same limit of
nginx; this is for a site without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from junheng.apps.evidence.api import file_mb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    Message = Mapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[dict[str, Any], Receive, Send], Coroutine[Any, Any, None]]

AROUND_MB = 2
"""For the form around a file."""
TEXT = "文件过大，未接收。\nThe file is too large and was not taken.\n".encode()


def limited(application: Application) -> Application:
    """Return the application behind the limit."""

    async def guarded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif _told_length(scope) > (most := most_bytes(scope["path"])):
            await _refuse(send)
        else:
            await application(scope, _counted(receive, most), send)

    return guarded


def most_bytes(path: str) -> int:
    """Return how many bytes the body of a request to an address may have."""
    files_mb = file_mb() if path.startswith("/evidence/") else settings.UPLOAD_LIMIT_MB
    return (files_mb + AROUND_MB) * 1024 * 1024


def _told_length(scope: dict[str, Any]) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TEXT})


def _counted(receive: Receive, most: int) -> Receive:
    """Return a receiver that ends the connection once more has come than may."""
    n_bytes = 0

    async def counting() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        return message if n_bytes <= most else {"type": "http.disconnect"}

    return counting

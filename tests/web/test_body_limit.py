"""A body that is too large is refused before it is read, whatever it says of its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from tests.loops import run

from junheng.web.body_limit import limited, most_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB = 1024 * 1024


def ask(path: str, headers: list[tuple[bytes, bytes]], n_pieces: int) -> tuple[list[int], int]:
    """Return what was answered, and how many pieces of a mebibyte were asked for."""
    answered: list[int] = []
    asked = 0

    async def application(_scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": bytes(MIB), "more_body": asked < n_pieces}

    async def send(message: Mapping[str, Any]) -> None:
        if "status" in message:
            answered.append(message["status"])

    scope = {"type": "http", "path": path, "headers": headers}
    run(limited(application)(scope, receive, send))
    return answered, asked


def test_it_works() -> None:
    assert ask("/intake/", [(b"content-length", b"1048576")], 1) == ([200], 1)


def test_two_gigabytes_are_refused_before_a_byte_is_read() -> None:
    told = [(b"content-length", str(2 * 1024**3).encode())]
    assert ask("/evidence/items/G1/files", told, 2048) == ([413], 0)


def test_a_length_that_is_not_told_is_counted() -> None:
    answered, asked = ask("/intake/", [], 1000)
    assert answered == []
    assert asked == settings.UPLOAD_LIMIT_MB + 3


@pytest.mark.parametrize(("path", "mb"), [("/intake/", 52), ("/evidence/", 202)])
def test_evidence_may_be_larger(path: str, mb: int) -> None:
    assert most_bytes(path) == mb * MIB

"""Answers that are sent while they are made, in bounded memory under either kind of server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from django.http import HttpRequest


def streamed(
    request: HttpRequest, pieces: Iterator[bytes], *, media_type: str
) -> StreamingHttpResponse:
    """Return an answer of pieces that are made one at a time, as the network takes them.

    Under ASGI Django would gather the pieces of an ordinary iterator in a list before the first is
    sent, be they gigabytes; there they are handed over one by one. Pieces are made after the
    transaction of the request: they must not ask the database.
    """
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(_one_by_one(pieces), content_type=media_type)
    return StreamingHttpResponse(pieces, content_type=media_type)


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(pieces, None), thread_sensitive=False)
    while (piece := await following()) is not None:
        yield piece

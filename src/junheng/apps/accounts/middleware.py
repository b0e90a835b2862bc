"""Put the reader on each request and open the scope of their posts around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.models import User
from junheng.apps.accounts.selectors import reader_on
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from junheng.apps.accounts.reader import ReaderRequest

ACTING_IN = "acting_in_post"


def reader_and_scope(
    get_response: Callable[[ReaderRequest], HttpResponse],
) -> Callable[[ReaderRequest], HttpResponse]:
    """Give `request.reader` (None for a stranger, for whom no scope opens at all)."""

    def middleware(request: ReaderRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            request.reader = None
            return get_response(request)
        acting_in = request.session.get(ACTING_IN)
        with everything(reason="where the posts of a reader lie"):
            request.reader = reader_on(user, clock.today(), acting_in=acting_in)
        with within(request.reader.scope):
            return get_response(request)

    return middleware

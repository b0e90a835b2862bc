"""How many requests a minute one person or token may send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from junheng.apps.foundation import clock
from junheng.apps.foundation.throttling import Window
from junheng.apps.hub.problems import TooMany
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

MINUTE_S = 60


def require_room(request: HttpRequest) -> None:
    """Count a request of whom we know; TooMany beyond what is taken within the minute.

    Asked before the transaction of the request opens: a refused request counts, too, and no other
    one of the same token waits for its end.
    """
    if not request.user.is_authenticated:
        return
    token = getattr(request, "api_token", None)
    who = f"token-{token.pk}" if token else f"user-{request.user.pk}"
    limit: int = settings.API_PER_MINUTE
    window = Window(
        f"api:{who}", limit=limit, period_s=MINUTE_S, now_s=int(clock.now().timestamp())
    )
    if not window.take():
        raise TooMany(
            say(
                "At most {limit} requests a minute. Go on in {n} seconds.",
                limit=limit,
                n=window.wait_s,
            ),
            wait_s=window.wait_s,
        )

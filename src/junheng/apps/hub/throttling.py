"""How many requests a minute one person or token may send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache

from junheng.apps.foundation import clock
from junheng.apps.hub.problems import TooMany
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader

MINUTE_S = 60


def require_room(request: HttpRequest, reader: Reader) -> None:
    """Count a request; TooMany beyond what is taken within the minute.

    Two requests at the same moment may count as one: the limit keeps programs in bounds and is no
    lock.
    """
    limit: int = settings.API_PER_MINUTE
    now_s = int(clock.now().timestamp())
    minute, second = divmod(now_s, MINUTE_S)
    token = getattr(request, "api_token", None)
    who = f"token-{token.pk}" if token else f"user-{reader.user_id}"
    key = f"api:{who}:{minute}"
    n_before = int(cache.get(key, 0))
    if n_before >= limit:
        raise TooMany(
            say(
                "At most {limit} requests a minute. Go on in {n} seconds.",
                limit=limit,
                n=MINUTE_S - second,
            ),
            wait_s=MINUTE_S - second,
        )
    cache.set(key, n_before + 1, timeout=2 * MINUTE_S)

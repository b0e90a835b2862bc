"""An authenticator of our own for tests: codes as in RFC 6238, computed apart from the product."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

PERIOD_S = 30


def code_of(secret: str, moment: float | None = None) -> str:
    """Return the six digits of a secret (base 32) at a moment in seconds since 1970.

    The first test value of RFC 6238, appendix B, for SHA-1, to six digits:

    >>> code_of(base64.b32encode(b"12345678901234567890").decode(), 59)
    '287082'
    """
    counter = int(time.time() if moment is None else moment) // PERIOD_S
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def set_up(client: Client) -> str:
    """Set up an authenticator for whoever is signed in; return its secret."""
    page = client.get("/me/factor/app/")
    secret = str(page.context["form"].secret)
    reply = client.post("/me/factor/app/", {"code": code_of(secret)})
    assert reply.headers["Location"] == "/me/factor/codes/"
    return secret


def next_code(secret: str) -> str:
    """Return the code of the next half minute, good already and not used by `set_up`."""
    return code_of(secret, time.time() + PERIOD_S)

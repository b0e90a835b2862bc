"""Codes of the survey: good once, short enough to type, known by a keyed digest alone."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from django.conf import settings

# Without signs that are taken for each other: 0 and O, 1 and I and L, U and V.
SIGNS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 12
"""29 ** 12 codes: to guess one of a thousand takes 10 ** 14 tries."""
BLOCK = 4


def code_made() -> str:
    """Return a new code."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def plain(text: str) -> str:
    """Return a code as it was made, however it was typed; blank when it can be none.

    >>> plain(" abcd-efgh 2345")
    'ABCDEFGH2345'
    >>> plain("ABCD")
    ''
    """
    found = "".join(sign for sign in text.upper() if sign in SIGNS)
    return found if len(found) == LENGTH else ""


def shown(code: str) -> str:
    """Return a code in blocks.

    >>> shown("ABCDEFGH2345")
    'ABCD-EFGH-2345'
    """
    return "-".join(code[at : at + BLOCK] for at in range(0, LENGTH, BLOCK))


def digest_of(code: str) -> str:
    """Return what is stored of a code: nobody gets back from it to the slip."""
    key = hmac.digest(settings.INDEX_KEY, b"junheng survey codes", "sha256")
    return hmac.new(key, code.encode(), sha256).hexdigest()

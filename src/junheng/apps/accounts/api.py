"""What other apps may use: the reader of a request, roles, and making people with posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.models import Role
from junheng.apps.accounts.reader import HeldPost, Reader
from junheng.apps.accounts.selectors import reader_on
from junheng.apps.accounts.services import demo_people_ensure, post_give, user_create
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = [
    "HeldPost",
    "Reader",
    "Role",
    "demo_people_ensure",
    "post_give",
    "reader_of",
    "reader_on",
    "user_create",
]


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads; NotAllowed for a stranger, whom the sign-in wall should have stopped."""
    reader = getattr(request, "reader", None)
    if not isinstance(reader, Reader):
        raise NotAllowed(say("Please sign in first."))
    return reader

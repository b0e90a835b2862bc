"""What other apps may use: the reader of a request, roles, and making people with posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.appointers import may_appoint, roles_appointed_by, sees_posts
from junheng.apps.accounts.finding import people_findable_by, post_visible_to, posts_visible_to
from junheng.apps.accounts.granting import Grant, register_granting
from junheng.apps.accounts.models import Role
from junheng.apps.accounts.reaching import class_name, place_label, subject_name
from junheng.apps.accounts.reader import HeldPost, Reader
from junheng.apps.accounts.rolebook import Kind, Place
from junheng.apps.accounts.selectors import (
    demo_school_of,
    n_people,
    people_at_bureau,
    reader_on,
)
from junheng.apps.accounts.services import (
    DEMO_ROLES,
    Where,
    appoint,
    demo_people_ensure,
    post_end,
    post_give,
    post_revoke,
    user_create,
)
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = [
    "DEMO_ROLES",
    "Grant",
    "HeldPost",
    "Kind",
    "Place",
    "Reader",
    "Role",
    "Where",
    "appoint",
    "class_name",
    "demo_people_ensure",
    "demo_school_of",
    "may_appoint",
    "n_people",
    "people_at_bureau",
    "people_findable_by",
    "place_label",
    "post_end",
    "post_give",
    "post_revoke",
    "post_visible_to",
    "posts_visible_to",
    "reader_of",
    "reader_on",
    "register_granting",
    "require_fresh_factor",
    "roles_appointed_by",
    "sees_posts",
    "subject_name",
    "user_create",
]


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads; NotAllowed for a stranger, whom the sign-in wall should have stopped."""
    reader = getattr(request, "reader", None)
    if not isinstance(reader, Reader):
        raise NotAllowed(say("Please sign in first."))
    return reader


def require_fresh_factor(request: HttpRequest) -> None:
    """Go on when the reader showed a second factor lately; else lead to the page that asks for it.

    To be called by a view before it unmasks values or exports data of people beyond the reader's
    own classes. What it raises becomes a redirect; afterwards the reader is back at the page they
    came from and presses the button again. Nothing is asked in the demo.
    """
    from junheng.apps.accounts import factors

    factors.require(request)

"""Reads: the accounts that a security administrator keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q

from junheng.apps.accounts.appointers import REVOKERS
from junheng.apps.accounts.models import Post, User
from junheng.apps.accounts.rolebook import Place
from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.reader import Reader


def accounts_kept_by(reader: Reader, *, named: str = "") -> QuerySet[User]:
    """Return the accounts of all who ever held a post in the reader's bureau, but the reader's own.

    NotAllowed for whoever is no security administrator. Each has `has_factor` and `n_sessions`.
    """
    bureaus = {
        post.home_id
        for post in reader.posts
        if post.role in REVOKERS and post.place is Place.BUREAU
    }
    if not bureaus:
        raise NotAllowed(say("Accounts are kept by the security administrator."))
    here = Q(bureau__in=bureaus)
    for path in ("school", "grouping", "pupil"):
        here |= Q(**{f"{path}__bureau__in": bureaus})
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    people = User.objects.filter(Exists(Post.objects.filter(here, user=OuterRef("pk"))))
    found = people.filter(Q(username__icontains=named) | Q(display_name__icontains=named))
    return (
        found.exclude(pk=reader.user_id)
        .annotate(has_factor=Exists(factors), n_sessions=Count("sessions"))
        .order_by("username")
    )


def account_among(people: QuerySet[User], user_id: int) -> User:
    """Return one of the accounts; NotFound for any other."""
    found = people.filter(pk=user_id).first()
    if found is None:
        raise NotFound(say("There is no such account."))
    return found

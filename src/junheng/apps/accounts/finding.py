"""Reads of people and posts for those who look after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.accounts.appointers import (
    bureaus_of_posts_seen_by,
    schools_of_posts_seen_by,
)
from junheng.apps.accounts.models import Post, User
from junheng.apps.accounts.reaching import PLACES
from junheng.apps.accounts.selectors import in_force
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import Scope, within
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from junheng.apps.accounts.reader import Reader

FOUND_AT_MOST = 20


def posts_visible_to(
    reader: Reader, day: date, *, name: str = "", school_id: int | None = None
) -> QuerySet[Post]:
    """Return the posts of a day that the reader sees, with people and places, by name.

    `name`: part of a person's name, or of the account's. `school_id`: posts at and within a school.
    """
    posts: QuerySet[Post] = policies.visible(reader, in_force(day))
    if name:
        posts = posts.filter(_named(name, "user__"))
    if school_id is not None:
        posts = posts.filter(school=school_id)
    return posts.select_related("user", *PLACES).order_by("user__display_name", "user_id", "pk")


def post_visible_to(reader: Reader, post_id: int) -> Post:
    """Return one post that was not revoked; NotFound when it is not the reader's to see."""
    posts = Post.objects.filter(revoked_at__isnull=True).select_related("user", *PLACES)
    with within(scope_of_posts(reader)):
        post: Post | None = policies.visible(reader, posts).filter(pk=post_id).first()
    if post is None:
        raise NotFound(say("There is no such post, or it is not yours to see."))
    return post


def scope_of_posts(reader: Reader) -> Scope:
    """Return where the posts lie that the reader looks after; that may be wider than their data.

    PostgreSQL's own wall needs it, where it stands: it shows no place of a post without.
    """
    return Scope(
        bureaus=frozenset(bureaus_of_posts_seen_by(reader)),
        schools=frozenset(schools_of_posts_seen_by(reader)),
        homes=reader.scope.homes,
    )


def people_findable_by(reader: Reader, text: str) -> list[User]:
    """Return people to appoint, at most FOUND_AT_MOST, by name.

    Who has or had a post that the reader sees is found by part of a name; everybody else only by
    the exact name of the account, so that the search lists no strangers.
    """
    bureaus, schools = bureaus_of_posts_seen_by(reader), schools_of_posts_seen_by(reader)
    known = Q(bureau__in=bureaus) | Q(school__in=schools) | Q(school__bureau__in=bureaus)
    colleagues = Post.objects.filter(known).values("user")
    found = Q(username=text) | (_named(text) & Q(pk__in=colleagues))
    people = User.objects.filter(found, is_active=True).exclude(pk=reader.user_id)
    return list(people.order_by("display_name", "pk")[:FOUND_AT_MOST])


def _named(text: str, prefix: str = "") -> Q:
    return Q(**{f"{prefix}display_name__icontains": text}) | Q(
        **{f"{prefix}username__icontains": text}
    )

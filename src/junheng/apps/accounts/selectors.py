"""Reads: posts of a day, and the reader they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.accounts.models import Post, Role, User
from junheng.apps.accounts.reader import HeldPost, Reader

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def posts_on(user: User, day: date) -> QuerySet[Post]:
    """Return the posts `user` holds on `day`, first and last day included."""
    return _in_force(day).filter(user=user)


def reader_on(user: User, day: date, *, acting_in: int | None = None) -> Reader:
    """Return the reader that `user` is on `day`, in one query.

    `acting_in` is the post the person chose; one that is not held that day counts as not chosen.
    """
    held = tuple(_held(post) for post in posts_on(user, day).select_related("bureau", "school"))
    chosen = tuple(post for post in held if post.id == acting_in)
    return Reader(user_id=user.pk, posts=chosen or held)


def demo_people(day: date) -> dict[Role, User]:
    """Return one person for each role held in a simulated bureau on `day`."""
    simulated = Q(bureau__is_simulated=True) | Q(school__bureau__is_simulated=True)
    posts = _in_force(day).filter(simulated, user__is_active=True).select_related("user")
    first = {Role(post.role): post.user for post in posts.order_by("-pk")}
    return {role: first[role] for role in Role if role in first}


def _in_force(day: date) -> QuerySet[Post]:
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    return Post.objects.filter(still, valid_from__lte=day).order_by("pk")


def _held(post: Post) -> HeldPost:
    home = post.bureau_id or (post.school.bureau_id if post.school else None)
    place = post.school or post.bureau
    if home is None or place is None:
        message = f"Post {post.pk} lies nowhere, against its check constraint."
        raise ValueError(message)
    return HeldPost(
        id=post.pk,
        role=Role(post.role),
        home_id=home,
        organisation=place.name,
        school_id=post.school_id,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
    )

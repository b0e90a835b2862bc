"""Reads: posts of a day, and the reader they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.accounts import reaching
from junheng.apps.accounts.granting import granted
from junheng.apps.accounts.models import Post, Role, User
from junheng.apps.accounts.reader import Reader

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def posts_on(user: User, day: date) -> QuerySet[Post]:
    """Return the posts `user` holds on `day`, first and last day included; revoked ones are out."""
    return in_force(day).filter(user=user)


def reader_on(user: User, day: date, *, acting_in: int | None = None) -> Reader:
    """Return the reader that `user` is on `day`.

    One query; one more where a post lies at a group, at a grade, and within a class or at a pupil,
    and for a connected system. `acting_in` is the post the person chose; one that is not held that
    day counts as not chosen.
    """
    posts = list(posts_on(user, day).select_related(*reaching.PLACES))
    held = tuple(granted(post, user.pk, day) for post in reaching.held_posts(posts, day))
    chosen = tuple(post for post in held if post.id == acting_in)
    return Reader(user_id=user.pk, posts=chosen or held)


def people_at_bureau(bureau_id: int, day: date) -> dict[int, str]:
    """Return the names of those who hold a post at a bureau itself on a day, by account."""
    held = in_force(day).filter(bureau=bureau_id, user__is_active=True)
    named = held.order_by("user__display_name", "user_id")
    return dict(named.values_list("user_id", "user__display_name"))


def demo_people(day: date) -> dict[Role, User]:
    """Return one person for each role held in a simulated bureau on `day`."""
    simulated = Q(bureau__is_simulated=True)
    for path in ("school", "grouping", "pupil"):
        simulated |= Q(**{f"{path}__bureau__is_simulated": True})
    posts = in_force(day).filter(simulated, user__is_active=True).select_related("user")
    first = {Role(post.role): post.user for post in posts.order_by("-pk")}
    return {role: first[role] for role in Role if role in first}


def demo_school_of(bureau_id: int) -> int | None:
    """Return the school of the demo's head in a bureau, None when there is none."""
    posts = Post.objects.filter(user__username=f"demo_{Role.HEAD.value}", school__bureau=bureau_id)
    return posts.values_list("school", flat=True).first()


def n_people() -> int:
    """Return how many accounts may sign in."""
    return User.objects.filter(is_active=True).count()


def in_force(day: date) -> QuerySet[Post]:
    """Return the posts of everyone on `day`, first and last day included; revoked ones are out."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    return Post.objects.filter(still, valid_from__lte=day, revoked_at__isnull=True).order_by("pk")

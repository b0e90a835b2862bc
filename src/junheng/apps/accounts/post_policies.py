"""Who may see, end and revoke posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.accounts import reaching
from junheng.apps.accounts.appointers import (
    REVOKERS,
    bureaus_of_posts_seen_by,
    may_appoint,
    schools_of_posts_seen_by,
)
from junheng.apps.accounts.models import Post, Role
from junheng.apps.foundation import policies

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.reader import Reader

VIEW, END, REVOKE = policies.VIEW, "end", "revoke"


class PostPolicy:
    """Seen by its holder, by those who keep the bureau's posts and by the school it lies in.

    Ended by whoever appoints to it, revoked by the security administrator; never one's own.
    """

    acts = frozenset({VIEW, END, REVOKE})

    def can(self, reader: Reader, act: str, obj: Post) -> bool:
        home_id = reaching.home_of(obj)
        school_id = _school_of(obj)
        if act == VIEW:
            return (
                obj.user_id == reader.user_id
                or home_id in bureaus_of_posts_seen_by(reader)
                or school_id in schools_of_posts_seen_by(reader)
            )
        if obj.user_id == reader.user_id:
            return False
        if act == REVOKE and reader.holds(REVOKERS, bureau_id=home_id):
            return True
        return may_appoint(reader, Role(obj.role), home_id=home_id, school_id=school_id)

    def visible(self, reader: Reader, queryset: QuerySet[Post]) -> QuerySet[Post]:
        bureaus = bureaus_of_posts_seen_by(reader)
        schools = schools_of_posts_seen_by(reader)
        found = Q(user=reader.user_id) | Q(school__in=schools) | reaching.at_pupils_of(schools)
        found |= Q(bureau__in=bureaus)
        for path in ("school", "grouping", "pupil"):
            found |= Q(**{f"{path}__bureau__in": bureaus})
        return queryset.filter(found)


def _school_of(post: Post) -> int | None:
    return post.school_id if post.pupil_id is None else reaching.school_of_pupil(post.pupil_id)


def register_policies() -> None:
    """Make this policy the deciding one; called once when Django is ready."""
    policies.register(Post, PostPolicy())

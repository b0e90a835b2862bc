"""The reader of a request: a person with the posts of today, and what these reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

from junheng.apps.accounts.models import Role
from junheng.apps.foundation.scoping import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# Whoever runs the system has no business with what is in it.
ROLES_WITHOUT_DATA = frozenset({Role.SYSTEM_ADMINISTRATOR})


@dataclass(frozen=True)
class HeldPost:
    """One post as held today. `home_id` is the bureau it lies in, also for a post at a school."""

    id: int
    role: Role
    home_id: int
    organisation: str
    school_id: int | None
    valid_from: date
    valid_to: date | None

    @property
    def label(self) -> str:
        return f"{self.organisation} {self.role.label}"


@dataclass(frozen=True)
class Reader:
    """A person and the posts in force: all of today's, or the one that was chosen to act in."""

    user_id: int
    posts: tuple[HeldPost, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """The roles in force, at whatever organisation."""
        return frozenset(post.role.value for post in self.posts)

    @property
    def scope(self) -> Scope:
        """Whose rows these posts reach."""
        reaching = [post for post in self.posts if post.role not in ROLES_WITHOUT_DATA]
        return Scope(
            bureaus=frozenset(post.home_id for post in reaching if post.school_id is None),
            schools=frozenset(post.school_id for post in reaching if post.school_id is not None),
            homes=frozenset(post.home_id for post in self.posts),
        )

    def holds(self, roles: Iterable[str], *, bureau_id: int, school_id: int | None = None) -> bool:
        """Whether one of `roles` is held at the bureau, or at that school of it."""
        wanted = frozenset(roles)
        return any(
            post.role.value in wanted
            and post.home_id == bureau_id
            and (post.school_id is None or post.school_id == school_id)
            for post in self.posts
        )


class ReaderRequest(HttpRequest):
    """A request as the reader middleware leaves it; `reader` is None for a stranger."""

    reader: Reader | None

"""Who appoints to which role, and where: the file of roles, applied to a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.models import Role
from junheng.apps.accounts.rolebook import Place

if TYPE_CHECKING:
    from junheng.apps.accounts.reader import Reader

# Which administrator revokes posts is part of what the three are for (GB/T 22239-2019, 8.1.10).
REVOKERS = frozenset({Role.SECURITY_ADMINISTRATOR})
READERS_OF_BUREAU = frozenset({Role.BUREAU_LEADER, Role.IT_OFFICER}) | REVOKERS
READERS_OF_SCHOOL = frozenset({Role.HEAD, Role.SCHOOL_CLERK})


def may_appoint(reader: Reader, role: Role, *, home_id: int, school_id: int | None) -> bool:
    """Whether the reader appoints to a role in that bureau, or within that school of it."""
    return reader.holds(role.rule.appointed_by, bureau_id=home_id, school_id=school_id)


def roles_appointed_by(reader: Reader) -> list[Role]:
    """Return the roles that the reader appoints to at all, in the order of the file."""
    return [role for role in Role if role.rule.appointed_by & reader.roles]


def bureaus_of_posts_seen_by(reader: Reader) -> frozenset[int]:
    """Return the bureaus of which the reader sees every post."""
    return frozenset(
        post.home_id
        for post in reader.posts
        if post.place is Place.BUREAU and post.role in READERS_OF_BUREAU
    )


def schools_of_posts_seen_by(reader: Reader) -> frozenset[int]:
    """Return the schools of which the reader sees every post at and within them."""
    lists = [post.schools for post in reader.posts if post.role in READERS_OF_SCHOOL]
    return frozenset[int]().union(*lists)


def sees_posts(reader: Reader) -> bool:
    """Whether there are posts of others that the reader sees."""
    return bool(bureaus_of_posts_seen_by(reader) or schools_of_posts_seen_by(reader))

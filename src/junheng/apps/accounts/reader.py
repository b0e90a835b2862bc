"""The reader of a request: a person with the posts of today, and what these reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import HttpRequest

from junheng.apps.accounts.rolebook import Kind, Place
from junheng.apps.foundation.scoping import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from junheng.apps.accounts.models import Role


@dataclass(frozen=True)
class HeldPost:
    """One post as held today. `home_id` is the bureau it lies in, wherever below it lies.

    `school_id`: the school it lies at or within; None for a bureau, a group and a pupil.
    `schools`: the schools of a group, or the one school. `classes`, `pupils`, `enrolments`: what a
    post within a school, or for one pupil, leads to today. `granted`: kinds of data that a token
    opens beyond those that the role reaches; `imports`: datasets that it may send. `department`: of
    a liaison officer.
    """

    id: int
    role: Role
    home_id: int
    organisation: str
    school_id: int | None
    valid_from: date
    valid_to: date | None
    place: Place = Place.BUREAU
    schools: frozenset[int] = frozenset()
    classes: frozenset[int] = frozenset()
    pupils: frozenset[int] = frozenset()
    enrolments: frozenset[int] = frozenset()
    department: str = ""
    granted: frozenset[Kind] = frozenset()
    imports: frozenset[str] = frozenset()

    @property
    def reaches(self) -> frozenset[Kind]:
        """The kinds of data that the post leads to."""
        return self.role.rule.reaches | self.granted

    @property
    def label(self) -> str:
        return f"{self.organisation} {self.role.label}"

    def lies_over(self, bureau_id: int, school_id: int | None) -> bool:
        """Whether the post lies at the bureau, or at (or within) that school of it."""
        if self.home_id != bureau_id:
            return False
        return self.place is Place.BUREAU or (school_id is not None and school_id in self.schools)


@dataclass(frozen=True)
class Reader:
    """A person and the posts in force: all of today's, or the one that was chosen to act in."""

    user_id: int
    posts: tuple[HeldPost, ...] = ()
    _scopes: dict[Kind, Scope] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @property
    def roles(self) -> frozenset[str]:
        """The roles in force, at whatever organisation."""
        return frozenset(post.role.value for post in self.posts)

    @cached_property
    def scope(self) -> Scope:
        """Whose rows these posts reach, of whatever kind of data."""
        return _scope_of(self.posts, [post for post in self.posts if post.reaches])

    def scope_of(self, kind: Kind) -> Scope:
        """Whose rows of one kind of data these posts reach: those of roles that reach the kind."""
        if kind not in self._scopes:
            reaching = [post for post in self.posts if kind in post.reaches]
            self._scopes[kind] = _scope_of(self.posts, reaching)
        return self._scopes[kind]

    def holds(self, roles: Iterable[str], *, bureau_id: int, school_id: int | None = None) -> bool:
        """Whether one of `roles` is held at the bureau, or at (or within) that school of it."""
        wanted = frozenset(roles)
        return any(
            post.role.value in wanted and post.lies_over(bureau_id, school_id)
            for post in self.posts
        )


def _scope_of(posts: Iterable[HeldPost], reaching: Iterable[HeldPost]) -> Scope:
    """Return what `reaching` posts lead to; all `posts` lend the names of where they lie."""
    bureaus: set[int] = set()
    directories: set[int] = set()
    whole: set[int] = set()
    within: list[HeldPost] = []
    for post in reaching:
        if post.place is Place.BUREAU:
            is_directory_only = post.reaches == {Kind.DIRECTORY} and not post.imports
            (directories if is_directory_only else bureaus).add(post.home_id)
        elif post.place in {Place.SCHOOL, Place.GROUP}:
            whole |= post.schools
        else:
            within.append(post)
    return Scope(
        bureaus=frozenset(bureaus),
        schools=frozenset(whole),
        directories=frozenset(directories),
        classes=_all(post.classes for post in within),
        pupils=_all(post.pupils for post in within),
        enrolments=_all(post.enrolments for post in within),
        known_schools=_all(post.schools for post in within),
        homes=frozenset(post.home_id for post in posts),
        liaisons=frozenset(post.home_id for post in posts if post.department),
    )


def _all(parts: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*parts)


class ReaderRequest(HttpRequest):
    """A request as the reader middleware leaves it; `reader` is None for a stranger."""

    reader: Reader | None

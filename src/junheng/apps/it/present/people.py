"""The page of people and posts, and the roles to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext

from junheng.apps.accounts.api import place_label, subject_name
from junheng.apps.accounts.post_policies import END, REVOKE
from junheng.apps.foundation import policies, shown

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader, Role
    from junheng.apps.accounts.models import Post
    from junheng.apps.it.forms import Chosen

PAGE_SIZE = 50


@dataclass(frozen=True)
class PostShown:
    """One line of the list."""

    id: int
    person: str
    account: str
    role: str
    place: str
    valid_from: date
    valid_to: date | None
    can_end: bool
    can_revoke: bool


@dataclass(frozen=True)
class RoleShown:
    """A role with what it may see and do."""

    id: str
    name: str
    tells: str
    needs_second_factor: bool

    @classmethod
    def of(cls, role: Role) -> RoleShown:
        rule = role.rule
        return cls(
            rule.id, str(role.label), rule.tells.of(shown.language()), rule.needs_second_factor
        )


class PeopleShown:
    """Everything the page of people and posts shows: one window of the posts of a day."""

    def __init__(self, reader: Reader, posts: QuerySet[Post], chosen: Chosen) -> None:
        self.reader = reader
        self.posts = posts
        self.chosen = chosen

    @cached_property
    def n_posts(self) -> int:
        return self.posts.count()

    @property
    def answer(self) -> str:
        """How many people hold how many posts, in one sentence."""
        n_people = self.posts.order_by().values("user").distinct().count()
        text = gettext("On {day} {people} people hold {posts} posts here.")
        return text.format(day=self.chosen.day.isoformat(), people=n_people, posts=self.n_posts)

    @cached_property
    def rows(self) -> list[PostShown]:
        first = (self.chosen.page - 1) * PAGE_SIZE
        return [self._row(post) for post in self.posts[first : first + PAGE_SIZE]]

    @property
    def pager(self) -> shown.Pager | None:
        return shown.pager(self.chosen.page, PAGE_SIZE, self.n_posts, self._url)

    def _url(self, page: int) -> str:
        asked = {"day": self.chosen.day.isoformat(), "name": self.chosen.name, "page": page}
        school = {} if self.chosen.school is None else {"school": self.chosen.school}
        return f"?{urlencode(asked | school)}"

    def _row(self, post: Post) -> PostShown:
        place = place_label(post)
        subject = subject_name(post.subject_code)
        return PostShown(
            id=post.pk,
            person=post.user.display_name,
            account=post.user.username,
            role=post.get_role_display(),
            place=f"{place} {subject}".strip(),
            valid_from=post.valid_from,
            valid_to=post.valid_to,
            can_end=post.valid_to is None and policies.can(self.reader, END, post),
            can_revoke=policies.can(self.reader, REVOKE, post),
        )

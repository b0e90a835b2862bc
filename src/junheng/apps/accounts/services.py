"""Writes: people, their posts, their language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from junheng.apps.accounts.models import Post, Role, User
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed

if TYPE_CHECKING:
    from datetime import date


def user_create(
    *, username: str, display_name: str, password: str | None = None, phone: str = ""
) -> User:
    """Create a person; without a password nobody can sign in as them."""
    return User.objects.create_user(
        username, password=password, display_name=display_name, phone=phone
    )


@transaction.atomic
def post_give(
    *,
    user: User,
    role: Role,
    valid_from: date,
    bureau_id: int | None = None,
    school_id: int | None = None,
    valid_to: date | None = None,
    by: int | None = None,
) -> Post:
    """Give a person a post at a bureau or, for a role of schools, at a school.

    `by` is the id of the user who gives it, None for the system itself.
    """
    post = Post.objects.create(
        user=user,
        role=role,
        bureau_id=bureau_id,
        school_id=school_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    journal.record([Changed(post, None, journal.fields_of(post))], by=by, why="post_give")
    return post


def user_set_language(*, user: User, language: str) -> None:
    """Keep the language a person chose."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def demo_people_ensure(*, bureau_id: int, school_id: int, day: date) -> list[User]:
    """Make one person for each role of the sample district, unless they are there already.

    They have no password: only the demo's one-click sign-in opens them.
    """
    return [_demo_person(role, bureau_id, school_id, day) for role in Role]


def _demo_person(role: Role, bureau_id: int, school_id: int, day: date) -> User:
    username = f"demo_{role.value}"
    found = User.objects.filter(username=username).first()
    if found is not None:
        return found
    with translation.override("zh-hans"):
        display_name = str(role.label)
    user = user_create(username=username, display_name=display_name)
    post_give(
        user=user,
        role=role,
        valid_from=day,
        bureau_id=None if role.at_school else bureau_id,
        school_id=school_id if role.at_school else None,
    )
    return user

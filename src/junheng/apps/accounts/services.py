"""Writes: people, their posts, their language."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from junheng.apps.accounts.appointing import Where, appoint, post_end, post_give, post_revoke
from junheng.apps.accounts.models import Role, User
from junheng.apps.accounts.rolebook import Place

if TYPE_CHECKING:
    from datetime import date


__all__ = [
    "DEMO_ROLES",
    "Where",
    "appoint",
    "demo_people_ensure",
    "post_end",
    "post_give",
    "post_revoke",
    "user_create",
    "user_set_language",
]

DEMO_ROLES = (
    Role.BUREAU_LEADER,
    Role.SUPERVISION_OFFICER,
    Role.PERSONNEL_OFFICER,
    Role.PLANNING_OFFICER,
    Role.IT_OFFICER,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDIT_ADMINISTRATOR,
    Role.HEAD,
    Role.SCHOOL_CLERK,
    Role.CLASS_TEACHER,
    Role.SUBJECT_TEACHER,
    Role.GUARDIAN,
)
"""The roles that one click opens in the demo, each of one simulated person."""
DEMO_SUBJECT = "14"
"""Mathematics, in the code list `subject`."""


def user_create(
    *, username: str, display_name: str, password: str | None = None, phone: str = ""
) -> User:
    """Create a person; without a password nobody can sign in as them."""
    return User.objects.create_user(
        username, password=password, display_name=display_name, phone=phone
    )


def user_set_language(*, user: User, language: str) -> None:
    """Keep the language a person chose."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def demo_people_ensure(
    *,
    bureau_id: int,
    school_id: int,
    day: date,
    school_class_id: int | None = None,
    pupil_id: int | None = None,
) -> dict[Role, User]:
    """Make a person for each role the demo shows, by role, unless they are there already.

    Without a class and a pupil there is nobody within the school. They have no password: only the
    demo's one-click sign-in opens them.
    """
    places = {
        Place.BUREAU: Where(bureau_id=bureau_id),
        Place.SCHOOL: Where(school_id=school_id),
    }
    if school_class_id is not None:
        own = Where(school_id=school_id, school_class_id=school_class_id)
        places[Place.CLASS] = own
        places[Place.SUBJECT] = replace(own, subject_code=DEMO_SUBJECT)
    if pupil_id is not None:
        places[Place.PUPIL] = Where(pupil_id=pupil_id)
    return {
        role: _demo_person(role, places[role.rule.places[0]], day)
        for role in DEMO_ROLES
        if role.rule.places[0] in places
    }


def _demo_person(role: Role, where: Where, day: date) -> User:
    username = f"demo_{role.value}"
    found = User.objects.filter(username=username).first()
    if found is not None:
        return found
    with translation.override("zh-hans"):
        display_name = str(role.label)
    user = user_create(username=username, display_name=display_name)
    post_give(user=user, role=role, valid_from=day, **asdict(where))
    return user

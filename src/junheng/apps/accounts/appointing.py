"""Writes: who holds which post, from when to when; ending and revoking."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q

from junheng.apps.accounts.appointers import may_appoint
from junheng.apps.accounts.models import Post, Role, User
from junheng.apps.accounts.post_model import columns_of
from junheng.apps.accounts.post_policies import END, REVOKE
from junheng.apps.accounts.reaching import home_of, school_of_pupil
from junheng.apps.accounts.rolebook import Place, administrators
from junheng.apps.foundation import clock, journal, policies
from junheng.apps.foundation.journal import Changed
from junheng.apps.foundation.scoping import everything
from junheng.engine import contracts
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from junheng.apps.accounts.reader import Reader

WHERE = ("bureau_id", "grouping_id", "school_id", "grade", "school_class_id", "pupil_id")
"""The stored columns that name a place."""


@dataclass(frozen=True)
class Where:
    """Where a post lies, as ids: a bureau, a group, a school or within one, or a pupil.

    `subject_code` is of the code list `subject`, `department` of the code list `department`.
    """

    bureau_id: int | None = None
    grouping_id: int | None = None
    school_id: int | None = None
    grade: int | None = None
    school_class_id: int | None = None
    subject_code: str = ""
    pupil_id: int | None = None
    department: str = ""

    @property
    def place(self) -> Place:
        """The kind of place that these ids name."""
        return Post(**asdict(self)).place

    @property
    def home_id(self) -> int:
        """The bureau that the place lies in; DataError when there is no such place."""
        try:
            return home_of(Post(**asdict(self)))
        except (ObjectDoesNotExist, ValueError):
            raise DataError(say("Say at which organisation the post lies.")) from None


def appoint(
    *,
    user: User,
    role: Role,
    where: Where,
    valid_from: date,
    valid_to: date | None = None,
    by: Reader,
) -> Post:
    """Give a person a post in the name of a reader.

    NotAllowed unless the reader appoints to that role there, and for one's own posts; DataError
    when the role does not lie at such a place, the person holds the post in these days already, or
    holds another of the three administrators' roles.
    """
    if user.pk == by.user_id:
        raise NotAllowed(say("Nobody appoints themselves: ask somebody else who may."))
    if not may_appoint(by, role, home_id=where.home_id, school_id=_school_of(where)):
        raise NotAllowed(say("Your posts of today do not appoint to this role there."))
    with transaction.atomic():
        post = post_give(
            user=user,
            role=role,
            valid_from=valid_from,
            valid_to=valid_to,
            by=by.user_id,
            **asdict(where),
        )
        _log("post_given", post, by=by)
    return post


@transaction.atomic
def post_give(
    *,
    user: User,
    role: Role,
    valid_from: date,
    bureau_id: int | None = None,
    grouping_id: int | None = None,
    school_id: int | None = None,
    grade: int | None = None,
    school_class_id: int | None = None,
    subject_code: str = "",
    pupil_id: int | None = None,
    department: str = "",
    valid_to: date | None = None,
    by: int | None = None,
) -> Post:
    """Give a person a post at the place of its role: for commands, imports and `appoint`.

    `by` is the id of the user who gives it, None for the system itself. DataError as in `appoint`.
    """
    post = Post(
        user=user,
        role=role,
        bureau_id=bureau_id,
        grouping_id=grouping_id,
        school_id=school_id,
        grade=grade,
        school_class_id=school_class_id,
        subject_code=subject_code,
        pupil_id=pupil_id,
        department=department,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    # Two appointments of one person at once wait for each other.
    User.objects.select_for_update().get(pk=user.pk)
    _require_sense(post)
    post.save()
    journal.record([Changed(post, None, journal.fields_of(post))], by=by, why="post_give")
    return post


def post_end(*, post: Post, last_day: date, by: Reader) -> None:
    """End a post with a day, which still counts; DataError for a day before it begins."""
    policies.require(by, END, post)
    if last_day < post.valid_from:
        raise DataError(say("The last day lies before the first day of the post."))
    _change(post, by=by, why="post_end", valid_to=last_day)


def post_revoke(*, post: Post, by: Reader) -> None:
    """Take a post away at once: the very next request of its holder goes without it."""
    policies.require(by, REVOKE, post)
    _change(post, by=by, why="post_revoke", revoked_at=clock.now())


@transaction.atomic
def _change(post: Post, *, by: Reader, why: str, **values: object) -> None:
    before = journal.fields_of(post)
    for name, value in values.items():
        setattr(post, name, value)
    post.save(update_fields=list(values))
    difference = journal.difference(before, journal.fields_of(post))
    journal.record([Changed(post, *difference)], by=by.user_id, why=why)
    _log("post_ended", post, by=by, detail=why)


def _log(act: str, post: Post, *, by: Reader, detail: str = "") -> None:
    """Put the act into the audit log, which knows the reader and so comes late."""
    from junheng.apps.audit.api import record

    record(act, reader=by, kind=post._meta.label, keys=[str(post.pk)], detail=detail)


def _require_sense(post: Post) -> None:
    """Raise DataError for what the database would refuse without a sentence."""
    filled = {name for name in WHERE if getattr(post, name) is not None}
    if post.place not in post.role_rule.places or filled != columns_of(post.place):
        raise DataError(say("{role} is not a post of such a place.", role=post.get_role_display()))
    if post.valid_to is not None and post.valid_to < post.valid_from:
        raise DataError(say("The last day lies before the first day of the post."))
    _require_department(post)
    _require_class_of_school(post)
    beside = _in_the_same_days(post)
    same = {name: getattr(post, name) for name in ("role", "subject_code", "department", *WHERE)}
    if beside.filter(**same).exists():
        raise DataError(say("The person holds this post in these days already."))
    apart = set(administrators())
    if post.role in apart and beside.filter(role__in=apart - {post.role}).exists():
        raise DataError(
            say(
                "System, security and audit administrator are never one person: end the other "
                "post first."
            )
        )


def _require_department(post: Post) -> None:
    known = {value.code for value in contracts.load().code_lists["department"].values}
    if post.department and (post.department not in known or post.role != Role.LIAISON_OFFICER):
        raise DataError(
            say("Only a liaison officer answers for a department, and for one of the list.")
        )


def _require_class_of_school(post: Post) -> None:
    if post.school_class_id is None:
        return
    from junheng.apps.registry.api import SchoolClass

    with everything(reason="the school of a class that a post is given for"):
        mine = SchoolClass.objects.filter(pk=post.school_class_id, school=post.school_id)
        if not mine.exists():
            raise DataError(say("The class is none of this school."))


def _in_the_same_days(post: Post) -> QuerySet[Post]:
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=post.valid_from)
    found = Post.objects.filter(still, user=post.user, revoked_at__isnull=True)
    last = post.valid_to
    return found if last is None else found.filter(valid_from__lte=last)


def _school_of(where: Where) -> int | None:
    """Return the school a post is given in; that of today for a pupil."""
    return where.school_id if where.pupil_id is None else school_of_pupil(where.pupil_id)

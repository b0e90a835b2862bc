"""From stored posts to held ones: what each leads to on a day, in few queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext

from junheng.apps.accounts.models import Post, Role
from junheng.apps.accounts.reader import HeldPost
from junheng.apps.accounts.rolebook import Place
from junheng.apps.foundation import clock, shown
from junheng.apps.foundation.scoping import everything
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

PLACES = ("bureau", "school", "grouping", "school_class", "pupil__person")
"""What names the place of a post, for `select_related`."""
OWN = "what the reader's own posts lead to"


def held_posts(posts: Sequence[Post], day: date) -> tuple[HeldPost, ...]:
    """Return posts as they are held on `day`, in their order; PLACES have been read with them."""
    of_group = _schools_of_groups(posts, day)
    grades = _grades(posts, day)
    classes = {post.pk: _classes(post, grades) for post in posts}
    enrolled = _enrolled(posts, classes, day)
    return tuple(
        _held(post, of_group.get(post.pk, frozenset()), classes[post.pk], enrolled)
        for post in posts
    )


def home_of(post: Post) -> int:
    """Return the id of the bureau that a post lies in; the PLACES have been read with it."""
    if post.bureau_id is not None:
        return post.bureau_id
    place = post.school or post.grouping or post.pupil
    if place is None:
        message = f"Post {post.pk} lies nowhere, against its check constraint."
        raise ValueError(message)
    return int(place.bureau_id)


def place_name(post: Post) -> str:
    """Return where a post lies as its holder reads it; the PLACES have been read with it."""
    if post.pupil is not None:
        return post.pupil.person.name
    return place_label(post)


def place_label(post: Post) -> str:
    """Return where a post lies as others may read it: a pupil by number, not by name."""
    if post.pupil is not None:
        return gettext("Pupil {number}").format(number=post.pupil.code)
    whole = post.bureau or post.grouping or post.school
    parts = [whole.name if whole else ""]
    if post.department:
        parts.append(department_name(post.department))
    if post.grade is not None:
        parts.append(gettext("Grade {grade}").format(grade=post.grade))
    if post.school_class is not None:
        parts.append(class_name(post.school_class.entry_year, post.school_class.class_no))
    return " ".join(parts)


def class_name(entry_year: int, class_no: int) -> str:
    """Return how a class is called from entry to graduation, in the language of the page."""
    return gettext("Class {number} of {year}").format(number=class_no, year=entry_year)


def subject_name(code: str) -> str:
    """Return the name of a subject in the language of the page; blank for no code."""
    if not code:
        return ""
    return contracts.load().code_lists["subject"].name_of(code, shown.language())


def department_name(code: str) -> str:
    """Return the name of a department of the county government in the language of the page."""
    return contracts.load().code_lists["department"].name_of(code, shown.language())


Enrolled = list[tuple[int, int, int, int]]
"""Id, pupil, class and school of enrolments."""


def _held(post: Post, group: frozenset[int], classes: frozenset[int], rows: Enrolled) -> HeldPost:
    mine = [row for row in rows if row[1] == post.pupil_id or row[2] in classes]
    schools = group if post.school_id is None else frozenset({post.school_id})
    pupils = frozenset(pupil for _, pupil, _, _ in mine)
    if post.pupil_id is not None:
        # A pupil between two schools stays the own child.
        pupils |= {post.pupil_id}
        classes = frozenset(school_class for _, _, school_class, _ in mine)
        schools = frozenset(school for _, _, _, school in mine)
    return HeldPost(
        id=post.pk,
        role=Role(post.role),
        home_id=home_of(post),
        organisation=place_name(post),
        school_id=post.school_id,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        place=post.place,
        schools=schools,
        classes=classes,
        pupils=pupils,
        enrolments=frozenset(key for key, _, _, _ in mine),
        department=post.department,
    )


def _schools_of_groups(posts: Sequence[Post], day: date) -> dict[int, frozenset[int]]:
    """Return the schools of the group each post lies at, by id of the post."""
    at_group = {post.pk: post.grouping_id for post in posts if post.grouping_id is not None}
    if not at_group:
        return {}
    # The registry and the groups know the reader: they come late, against a circle of modules.
    from junheng.apps.groups.api import schools_of_groups

    with everything(reason=OWN):
        found = schools_of_groups(set(at_group.values()), day)
    return {post: found[grouping] for post, grouping in at_group.items()}


Grades = dict[tuple[int, int], frozenset[int]]
"""Classes of a school and grade."""


def _grades(posts: Sequence[Post], day: date) -> Grades:
    """Return the classes of each grade that posts lie at, in the school year of `day`."""
    wanted = {
        (post.school_id, post.grade)
        for post in posts
        if post.place is Place.GRADE and post.school_id is not None and post.grade is not None
    }
    if not wanted:
        return {}
    from junheng.apps.registry.api import ClassYear, school_year_on

    of_these = Q(pk__in=())
    for school, grade in wanted:
        of_these |= Q(school=school, grade=grade)
    found: dict[tuple[int, int], set[int]] = {}
    with everything(reason=OWN):
        rows = ClassYear.objects.filter(of_these, school_year=school_year_on(day))
        for school, one_grade, one in rows.values_list("school_id", "grade", "school_class_id"):
            found.setdefault((school, one_grade or 0), set()).add(one)
    return {key: frozenset(ids) for key, ids in found.items()}


def _classes(post: Post, grades: Grades) -> frozenset[int]:
    if post.school_class_id is not None:
        return frozenset({post.school_class_id})
    if post.school_id is not None and post.grade is not None:
        return grades.get((post.school_id, post.grade), frozenset())
    return frozenset()


def _enrolled(posts: Sequence[Post], classes: Mapping[int, frozenset[int]], day: date) -> Enrolled:
    """Return the enrolments of `day` in the classes of posts, and of the pupils they lie at."""
    in_classes = frozenset[int]().union(*classes.values())
    pupils = {post.pupil_id for post in posts if post.pupil_id is not None}
    if not in_classes and not pupils:
        return []
    from junheng.apps.registry.api import Enrolment, in_force

    with everything(reason=OWN):
        rows = Enrolment.objects.filter(
            in_force(day), Q(school_class__in=in_classes) | Q(pupil__in=pupils)
        )
        return list(rows.values_list("pk", "pupil_id", "school_class_id", "school_class__school"))


def school_of_pupil(pupil_id: int) -> int | None:
    """Return the id of the school that a pupil is enrolled at today, if any."""
    from junheng.apps.registry.api import Enrolment, in_force

    with everything(reason="the school of a pupil at whom a post lies"):
        rows = Enrolment.objects.filter(in_force(clock.today()), pupil=pupil_id)
        return rows.values_list("school_class__school", flat=True).first()


def at_pupils_of(schools: Collection[int]) -> Q:
    """Return the condition that a post lies at a pupil enrolled today at one of these schools."""
    if not schools:
        return Q(pk__in=())
    from junheng.apps.registry.api import Enrolment, in_force

    with everything(reason="the pupils at whom posts of a school lie"):
        rows = Enrolment.objects.filter(in_force(clock.today()), school_class__school__in=schools)
    return Q(pupil__in=rows.values("pupil"))

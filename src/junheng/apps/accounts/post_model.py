"""Roles, and the dated posts (任职身份) that give rights."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.apps.accounts.rolebook import Place, rolebook, roles_at

if TYPE_CHECKING:
    from junheng.apps.accounts.rolebook import RoleRule


class Role(models.TextChoices):
    """What a post is. Where each role lies and what it reaches stands in `rules/access`."""

    BUREAU_LEADER = "bureau_leader", _("Bureau leader")
    SUPERVISION_OFFICER = "supervision_officer", _("Supervision officer")
    BASIC_EDUCATION_OFFICER = "basic_education_officer", _("Basic education officer")
    PERSONNEL_OFFICER = "personnel_officer", _("Personnel officer")
    PLANNING_OFFICER = "planning_officer", _("Planning and finance officer")
    RESEARCH_OFFICER = "research_officer", _("Teaching research officer")
    IT_OFFICER = "it_officer", _("IT officer")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")
    SECURITY_ADMINISTRATOR = "security_administrator", _("Security administrator")
    AUDIT_ADMINISTRATOR = "audit_administrator", _("Audit administrator")
    HEAD = "head", _("Head of school")
    SCHOOL_CLERK = "school_clerk", _("School clerk")
    GRADE_LEADER = "grade_leader", _("Grade leader")
    CLASS_TEACHER = "class_teacher", _("Class teacher")
    SUBJECT_TEACHER = "subject_teacher", _("Subject teacher")
    SCHOOL_DOCTOR = "school_doctor", _("School doctor")
    COUNSELLOR = "counsellor", _("Counsellor")
    PUPIL = "pupil", _("Pupil")
    GUARDIAN = "guardian", _("Guardian")
    OUTSIDE_EXPERT = "outside_expert", _("Outside expert")
    LIAISON_OFFICER = "liaison_officer", _("Liaison officer of a department")
    INTEGRATION = "integration", _("Connected system")

    @property
    def rule(self) -> RoleRule:
        """What the file of roles says of this one."""
        return rolebook()[self.value]

    @property
    def at_school(self) -> bool:
        """Whether the post lies at a school or within one; otherwise it lies at a bureau."""
        return Place.BUREAU not in self.rule.places


COLUMNS: dict[Place, tuple[str, ...]] = {
    Place.BUREAU: ("bureau",),
    Place.GROUP: ("grouping",),
    Place.SCHOOL: ("school",),
    Place.GRADE: ("school", "grade"),
    Place.CLASS: ("school", "school_class"),
    Place.SUBJECT: ("school", "school_class", "subject_code"),
    Place.PUPIL: ("pupil",),
}
"""Which columns say where a post lies; all others are empty."""
EVERY_COLUMN = ("bureau", "grouping", "school", "grade", "school_class", "pupil")


def columns_of(place: Place) -> set[str]:
    """Return the stored columns that a post at such a place fills, the subject left out."""
    own = {"grade": "grade"}
    return {own.get(name, f"{name}_id") for name in COLUMNS[place] if name != "subject_code"}


def _lies_at(place: Place) -> Q:
    """Return the condition that a post of a role of this place fills just the columns of it."""
    filled = COLUMNS[place]
    condition = Q(role__in=roles_at(place))
    for column in EVERY_COLUMN:
        condition &= Q(**{f"{column}__isnull": column not in filled})
    has_no_subject = Q(subject_code="")
    return condition & (~has_no_subject if "subject_code" in filled else has_no_subject)


class Post(models.Model):
    """One role of one person at one place, from a day to a day (both included).

    The place is a bureau, a group of schools, a school, a grade or class of it, a subject in a
    class, or a pupil (oneself, or the own child). `subject_code`: code list `subject`.
    `department`: for whom a liaison officer answers, code list `department`; without one the post
    reaches nothing.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    bureau = models.ForeignKey(
        "registry.Bureau", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    grouping = models.ForeignKey(
        "groups.Grouping", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    grade = models.SmallIntegerField(_("grade"), null=True, blank=True)
    school_class = models.ForeignKey(
        "registry.SchoolClass",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
    )
    subject_code = models.CharField(_("subject"), max_length=4, blank=True, default="")
    pupil = models.ForeignKey(
        "registry.Pupil", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    department = models.CharField(_("department"), max_length=32, blank=True, default="")
    valid_from = models.DateField(_("first day of the post"))
    valid_to = models.DateField(_("last day of the post"), null=True, blank=True)
    # A post that was revoked counts no more, from that moment and whatever its days say.
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="post_lies_where_its_role_lies",
                condition=reduce(or_, (_lies_at(place) for place in Place)),
            ),
            models.CheckConstraint(
                name="post_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="post_of_department_is_a_liaison",
                condition=Q(department="") | Q(role=Role.LIAISON_OFFICER),
            ),
            models.CheckConstraint(
                name="post_grade_is_one",
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 12)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "valid_from"], name="post_by_user_and_day")
        ]

    @property
    def role_rule(self) -> RoleRule:
        """What the file of roles says of the post's role."""
        return Role(self.role).rule

    @property
    def place(self) -> Place:
        """Where the post lies."""
        if self.bureau_id is not None:
            return Place.BUREAU
        if self.grouping_id is not None:
            return Place.GROUP
        if self.pupil_id is not None:
            return Place.PUPIL
        if self.subject_code:
            return Place.SUBJECT
        if self.school_class_id is not None:
            return Place.CLASS
        return Place.SCHOOL if self.grade is None else Place.GRADE

    def __str__(self) -> str:
        return f"{self.role} {self.valid_from}"

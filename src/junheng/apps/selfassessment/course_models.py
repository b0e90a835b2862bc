"""The way of a self-assessment: its stage, every signed step for ever, what schools say."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager

FIRST_STAGE = "collecting"
REASON_LENGTH = 500


class Course(models.Model):
    """The self-assessment of a bureau in a school year: where it is, and until when.

    `version` is the number of signed steps. `target_year`: the first year of the school year for
    which recognition is aimed at.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    ruleset_id = models.CharField(max_length=64)
    stage = models.CharField(max_length=24, default=FIRST_STAGE)
    version = models.PositiveIntegerField(default=0)
    school_deadline = models.DateField(null=True)
    deadline = models.DateField(null=True)
    target_year = models.PositiveSmallIntegerField(null=True)

    scope_reach = Reach(bureaus="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="course_once_a_year", fields=["bureau", "school_year", "ruleset_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.school_year_id}:{self.stage}"


class StepKind(models.TextChoices):
    """Forward to the next stage, or back to an earlier one."""

    FORWARD = "forward", _("Signed")
    RETURN = "return", _("Returned")


class SignedStep(models.Model):
    """One change of the stage: who signed it, when, on which data. The database keeps it for ever.

    `frozen` is a copy of everything the step rests on, `digest` its SHA-256 together with that of
    the step before. `ruleset` holds the bytes of the rules.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=StepKind.choices)
    from_stage = models.CharField(max_length=24)
    to_stage = models.CharField(max_length=24)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    document = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=32)
    signed_at = models.DateTimeField()
    assessment = models.ForeignKey(
        "balance.Assessment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ruleset = models.ForeignKey("balance.KeptRuleSet", on_delete=models.PROTECT, related_name="+")
    frozen = models.JSONField()
    digest = models.CharField(max_length=64)

    scope_reach = Reach(bureaus="course__bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="step_signed_once", fields=["course", "position"]),
            models.CheckConstraint(
                name="step_returned_with_reason",
                condition=Q(kind=StepKind.FORWARD) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id}:{self.position}:{self.to_stage}"


class AnswerKind(models.TextChoices):
    """What a school says to its figures, and how the bureau answers an objection."""

    CONFIRMED = "confirmed", _("Confirmed")
    OBJECTED = "objected", _("Objected")
    SETTLED = "settled", _("Settled by the bureau")


class SchoolAnswer(models.Model):
    """What a school says to its own figures; the newest of a school holds, all of them stay.

    `figures_digest` tells the figures apart that were confirmed.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="answers")
    school = models.ForeignKey("registry.School", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=AnswerKind.choices)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    figures_digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=32)
    signed_at = models.DateTimeField()

    scope_reach = Reach(bureaus="course__bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="answer_signed_once", fields=["course", "school", "position"]
            ),
            models.CheckConstraint(
                name="objection_with_reason",
                condition=Q(kind=AnswerKind.CONFIRMED) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id}:{self.school_id}:{self.kind}"

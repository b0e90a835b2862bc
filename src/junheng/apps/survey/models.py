"""A survey, the groups that are asked in it, and the codes that are still out.

No answer is a row: it is added to the counts of its group and its code is deleted in the same
moment. Neither holds a time. Decision 0016 says what this keeps apart and what not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from junheng.apps.foundation.scoping import Reach, ScopedManager

if TYPE_CHECKING:
    from datetime import date

ROLE_LENGTH = 32


class Survey(models.Model):
    """One survey of a bureau for a school year, open from a day to a day, then closed for good.

    `residents`: permanent population by `residents_source`, from which the sample follows.
    `ruleset`, `rules_version`: rule set of the standard and version of the questionnaires.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    ruleset = models.CharField(max_length=80)
    rules_version = models.CharField(max_length=32)
    residents = models.PositiveIntegerField()
    residents_source = models.CharField(max_length=200)
    opens_on = models.DateField()
    closes_on = models.DateField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="survey_open_once",
                fields=["bureau", "school_year"],
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="survey_closes_after_it_opens", condition=Q(closes_on__gte=F("opens_on"))
            ),
            models.CheckConstraint(
                name="survey_closed_by_somebody",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.school_year_id}:{self.pk}"

    @property
    def is_closed(self) -> bool:
        """Whether what came out is kept and nothing is taken any more."""
        return self.closed_at is not None

    def is_open(self, day: date) -> bool:
        """Whether answers are taken on a day."""
        return not self.is_closed and self.opens_on <= day <= self.closes_on


class Record(models.Model):
    """What a survey came to, frozen when it was closed: counts with their digest; see `results`."""

    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="record")
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)

    scope_reach = Reach(bureaus="survey__bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    def __str__(self) -> str:
        return f"{self.survey_id}:{self.sha256[:8]}"


class Group(models.Model):
    """A role at one school, or in the district as a whole, that codes were made for.

    `tallies`: how often each answer was given, by question. `n_codes`: codes ever made,
    `n_answers`: answers counted. `is_shown`: whether closing left something to show; where too few
    answered the tallies are emptied.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="groups")
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=ROLE_LENGTH)
    n_codes = models.PositiveIntegerField(default=0)
    n_answers = models.PositiveIntegerField(default=0)
    tallies = models.JSONField(default=dict)
    is_shown = models.BooleanField(default=False)

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="survey_group_of_school_once",
                fields=["survey", "role", "school"],
                condition=Q(school__isnull=False),
            ),
            models.UniqueConstraint(
                name="survey_group_of_bureau_once",
                fields=["survey", "role"],
                condition=Q(school__isnull=True),
            ),
            models.CheckConstraint(
                name="survey_answers_need_codes", condition=Q(n_answers__lte=F("n_codes"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}:{self.role}:{self.school_id}"


class Code(models.Model):
    """A code that was handed out and not used; only its keyed digest is here."""

    digest = models.CharField(max_length=64, primary_key=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="codes")

    scope_reach = Reach(bureaus="group__bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    def __str__(self) -> str:
        return self.digest[:8]

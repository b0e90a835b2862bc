"""What a bureau plans, enters and computes for each item of the standard in a school year."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.apps.selfassessment.course_models import (
    AnswerKind,
    Course,
    SchoolAnswer,
    SignedStep,
    StepKind,
)

__all__ = [
    "AnswerKind",
    "ComputedItem",
    "Course",
    "ItemEntry",
    "ItemPlan",
    "SchoolAnswer",
    "SignedStep",
    "StepKind",
    "Told",
]

ITEM_LENGTH = 12
TEXT_LENGTH = 200


class OfYear(models.Model):
    """What hangs on one item of one rule set, in one school year of one bureau."""

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    ruleset_id = models.CharField(max_length=64)
    item_id = models.CharField(max_length=ITEM_LENGTH)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.school_year_id}:{self.item_id}"


class ItemPlan(OfYear):
    """Who sees to an item, until when, and what is aimed at in this year.

    `department`: code list `department`, blank for the one of the rules. `target`: the value aimed
    at, as it is written. `version` grows with each change, so that two people cannot overwrite each
    other unseen.
    """

    department = models.CharField(max_length=32, blank=True, default="")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    deadline = models.DateField(null=True)
    is_begun = models.BooleanField(default=False)
    target = models.CharField(max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    scope_reach = Reach(bureaus="bureau", liaisons="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="item_planned_once",
                fields=["bureau", "school_year", "ruleset_id", "item_id"],
            ),
        ]


class Told(models.TextChoices):
    """Whose figure it is. The county's decides; the others stand beside it."""

    COUNTY = "county", _("County, official")
    CITY = "city", _("City")
    PROVINCE = "province", _("Province")
    ESTIMATE = "estimate", _("Own estimate")


class ItemEntry(OfYear):
    """What was entered for an item, or answered by one school: signed, dated, never overwritten.

    `data`: the county's terms as exact decimals or words by term, the answer of an attested item as
    {"answer"}, another's figure as {"value"}. `role`: the role in which it was signed. A new entry
    ends the one before (`ended_at`).
    """

    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    told_by = models.CharField(max_length=8, choices=Told.choices, default=Told.COUNTY)
    data = models.JSONField()
    document = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    note = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=32)
    entered_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school", liaisons="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["bureau", "school_year", "item_id"], name="entry_of_item"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="entry_of_county_once",
                fields=["bureau", "school_year", "ruleset_id", "item_id", "told_by"],
                condition=Q(ended_at__isnull=True, school__isnull=True),
            ),
            models.UniqueConstraint(
                name="entry_of_school_once",
                fields=["school_year", "ruleset_id", "item_id", "school"],
                condition=Q(ended_at__isnull=True, school__isnull=False),
            ),
            models.CheckConstraint(
                name="entry_told_by_known", condition=Q(told_by__in=Told.values)
            ),
            models.CheckConstraint(
                name="entry_of_school_is_the_countys",
                condition=Q(school__isnull=True) | Q(told_by=Told.COUNTY),
            ),
            models.CheckConstraint(
                name="entry_ends_after_it_begins",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("entered_at")),
            ),
        ]


class ComputedItem(OfYear):
    """What the rows of the registry came to for an item when it was last computed.

    `result`: figures and what stands in the way, see `results`. `stamp` tells the datasets apart
    that it rests on.
    """

    result = models.JSONField()
    stamp = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    scope_reach = Reach(bureaus="bureau", liaisons="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="item_computed_once",
                fields=["bureau", "school_year", "ruleset_id", "item_id"],
            ),
        ]

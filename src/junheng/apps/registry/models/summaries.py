"""Summaries: counts of classes and terms of units, and what they were made from."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.apps.registry.models.fields import CODE_LENGTH
from junheng.apps.registry.models.organisations import Bureau


class DatasetVersion(models.Model):
    """Which state of a dataset a bureau has: another `version` after every write of its rows."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    dataset = models.CharField(max_length=32)
    version = models.UUIDField()
    changed_at = models.DateTimeField()

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="dataset_version_once", fields=["bureau", "dataset"]),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.dataset}"


class CountedDay(models.Model):
    """A day as of which a bureau's summaries are kept.

    `stamp` names the states of all datasets and the rule set from which `UnitTerms` were measured;
    blank before the first time.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_date = models.DateField()
    stamp = models.CharField(max_length=64, blank=True, default="")

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="counted_day_once", fields=["bureau", "on_date"]),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.on_date}"


class ClassCount(models.Model):
    """Pupils of a class on a counted day, kept by every write of pupils. None is no row."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_date = models.DateField()
    class_code = models.CharField(max_length=CODE_LENGTH)
    n_pupils = models.IntegerField()

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="class_count_once", fields=["bureau", "on_date", "class_code"]
            ),
            models.CheckConstraint(name="class_count_positive", condition=models.Q(n_pupils__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.class_code}:{self.on_date}"


class UnitTerms(models.Model):
    """The terms of one unit on a counted day: numerator and denominator of every indicator.

    `terms`: column of the engine's relation `terms` to its whole number as text, or None.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_date = models.DateField()
    unit_id = models.CharField(max_length=CODE_LENGTH)
    terms = models.JSONField()

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="unit_terms_once", fields=["bureau", "on_date", "unit_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}:{self.on_date}"

"""School years, their days in one bureau, and terms."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.apps.registry.models.fields import in_order
from junheng.apps.registry.models.organisations import Bureau


class SchoolYear(models.Model):
    """A school year, 1 September to 31 August; statistics date 1 September."""

    starts_on = models.DateField(_("first day of the school year"), unique=True)

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="school_year_starts_on_1_september",
                condition=Q(starts_on__month=9, starts_on__day=1),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on.year}-{self.starts_on.year + 1}"


class BureauYear(models.Model):
    """The days of one school year in one bureau: first, last, and the day figures are as of."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.SmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    statistics_date = models.DateField()

    scope_reach = Reach(bureaus="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="bureau_year_once", fields=["bureau", "school_year"]),
            models.CheckConstraint(
                name="bureau_year_in_order",
                condition=Q(starts_on__lte=F("statistics_date"))
                & Q(statistics_date__lte=F("ends_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.school_year}"


class Term(models.Model):
    """One term of a school year."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.ForeignKey(BureauYear, on_delete=models.PROTECT, related_name="terms")
    term_no = models.CharField(max_length=2)
    starts_on = models.DateField()
    ends_on = models.DateField()

    scope_reach = Reach(bureaus="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="term_once_a_year", fields=["year", "term_no"]),
            in_order("term_in_order", "starts_on", "ends_on"),
        ]

    def __str__(self) -> str:
        return f"{self.year_id}:{self.term_no}"

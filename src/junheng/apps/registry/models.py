"""Bureaus, school years, schools and stage units: the spine that every figure hangs on."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager

# Categories of 学校（机构）代码管理办法 (2011) and province codes of GB/T 2260.
OFFICIAL_IDENTIFIER = re.compile(
    r"^(11|21|22|31|32|33|34|35|36|37|41|42|51|91|92|93)"
    r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)\d{6}$"
)


class SchoolKind(models.TextChoices):
    """Kinds of school (办学类型) as far as the standard tells them apart."""

    PRIMARY = "primary", _("Primary school")
    TEACHING_POINT = "teaching_point", _("Teaching point")
    JUNIOR = "junior", _("Junior secondary school")
    NINE_YEAR = "nine_year", _("Nine-year school")
    TWELVE_YEAR = "twelve_year", _("Twelve-year school")
    COMPLETE_MIDDLE = "complete_middle", _("Complete secondary school")
    SPECIAL = "special", _("Special education school")
    VOCATIONAL = "vocational", _("Vocational school")


class Locality(models.TextChoices):
    """Where a school lies (城乡类型), by the first two digits of its code."""

    URBAN = "urban", _("Urban")
    TOWN = "town", _("Town")
    RURAL = "rural", _("Rural")


class Stage(models.TextChoices):
    """Stages (学段) a school can hold; the standard judges primary and junior."""

    KINDERGARTEN = "kindergarten", _("Kindergarten")
    PRIMARY = "primary", _("Primary")
    JUNIOR = "junior", _("Junior secondary")
    SENIOR = "senior", _("Senior secondary")


class _Named(models.Model):
    """A thing with an official Chinese name and an English one."""

    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the language of the page; Chinese where there is no English one."""
        is_english = (get_language() or "").startswith("en")
        return (self.name_en if is_english else "") or self.name_zh

    def __str__(self) -> str:
        return self.name_zh


class Bureau(_Named):
    """The education bureau of one county-level unit.

    `is_simulated` is set when the bureau is made and never changed (a database trigger holds it):
    a sample district cannot turn into a real one, nor the other way round.
    """

    code = models.CharField(
        _("bureau code"), max_length=6, unique=True, validators=[RegexValidator(r"^\d{6}$")]
    )
    is_simulated = models.BooleanField(_("simulated"), default=False)

    scope_reach = Reach(bureaus="pk", homes="pk")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["code"]


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


class School(_Named):
    """A legal school of one bureau, known by its identifier.

    The identifier is the official one of ten digits, or what a table from elsewhere calls the
    school (`has_official_identifier` tells).
    `x_m`, `y_m`: position in metres on the bureau's map; both or none.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="schools")
    identifier = models.CharField(_("school identifier"), max_length=64)
    kind = models.CharField(_("school kind"), max_length=20, choices=SchoolKind.choices)
    locality = models.CharField(
        _("locality"), max_length=10, choices=Locality.choices, blank=True, default=""
    )
    x_m = models.FloatField(null=True, blank=True)
    y_m = models.FloatField(null=True, blank=True)

    scope_reach = Reach(bureaus="bureau", schools="pk")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["bureau", "identifier"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="school_identifier_once_a_bureau", fields=["bureau", "identifier"]
            ),
            # What a foreign key that carries the bureau along can point at.
            models.UniqueConstraint(name="school_bureau_and_id", fields=["bureau", "id"]),
            models.CheckConstraint(
                name="school_position_whole_or_none",
                condition=Q(x_m__isnull=True, y_m__isnull=True)
                | Q(x_m__isnull=False, y_m__isnull=False),
            ),
            models.CheckConstraint(
                name="school_kind_known", condition=Q(kind__in=SchoolKind.values)
            ),
            models.CheckConstraint(
                name="school_locality_known", condition=Q(locality__in=["", *Locality.values])
            ),
        ]

    @property
    def has_official_identifier(self) -> bool:
        return OFFICIAL_IDENTIFIER.match(self.identifier) is not None


class StageUnit(models.Model):
    """One stage of one school: what the standard counts. A nine-year school has two."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="units")
    stage = models.CharField(_("school stage"), max_length=12, choices=Stage.choices)

    scope_reach = Reach(bureaus="school__bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["school", "stage"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="unit_stage_once_a_school", fields=["school", "stage"]),
            models.CheckConstraint(name="unit_stage_known", condition=Q(stage__in=Stage.values)),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}:{self.stage}"

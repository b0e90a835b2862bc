"""Bureaus, schools with their yearly profiles, campuses and stage units: the spine of the data."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.apps.registry.models.fields import (
    CODE_LENGTH,
    TEXT_LENGTH,
    ExactDecimalField,
    never_negative,
)

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
    KINDERGARTEN = "kindergarten", _("Kindergarten")
    SENIOR = "senior", _("Senior secondary school")
    OTHER = "other", _("Other school")

    @classmethod
    def of_code(cls, code: str) -> SchoolKind:
        """Return the kind that a code of the list `school_kind` means.

        >>> SchoolKind.of_code("312").value
        'nine_year'
        """
        exact = _KIND_OF_CODE.get(code)
        return exact or _KIND_OF_GROUP.get(code[:2]) or _KIND_OF_GROUP.get(code[:1], cls.OTHER)


# The last digits 9 are classes attached to a school of another stage.
_KIND_OF_CODE = {
    "218": SchoolKind.TEACHING_POINT,
    "312": SchoolKind.NINE_YEAR,
    "341": SchoolKind.COMPLETE_MIDDLE,
    "345": SchoolKind.TWELVE_YEAR,
}
_KIND_OF_GROUP = {
    "1": SchoolKind.KINDERGARTEN,
    "2": SchoolKind.PRIMARY,
    "31": SchoolKind.JUNIOR,
    "34": SchoolKind.SENIOR,
    "36": SchoolKind.VOCATIONAL,
    "5": SchoolKind.SPECIAL,
}


class Locality(models.TextChoices):
    """Where a school lies (城乡类型), by the first two digits of its code."""

    URBAN = "urban", _("Urban")
    TOWN = "town", _("Town")
    RURAL = "rural", _("Rural")

    @classmethod
    def of_code(cls, code: str) -> Locality | None:
        """Return the locality that a code of the list `locality` means; None for “urban or town”.

        >>> Locality.of_code("121").value
        'town'
        """
        found = {"11": cls.URBAN, "12": cls.TOWN}.get(code[:2])
        return cls.RURAL if code.startswith("2") else found


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

    scope_reach = Reach(bureaus="bureau", schools="pk", directories="bureau", known_schools="pk")
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


class SchoolProfile(models.Model):
    """What a school is in one school year: its name, kind, place and to which school it belongs.

    `school_year` is the year in which the school year begins. `School` shows the newest profile.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="profiles")
    school_year = models.SmallIntegerField()
    name = models.CharField(max_length=TEXT_LENGTH)
    kind_code = models.CharField(max_length=8)
    locality_code = models.CharField(max_length=8)
    sponsor_code = models.CharField(max_length=8)
    founded_month = models.CharField(max_length=7, blank=True, default="")
    is_boarding = models.BooleanField()
    is_counted = models.BooleanField()
    parent = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    primary_years = models.SmallIntegerField(null=True)
    x_m = ExactDecimalField()
    y_m = ExactDecimalField()
    planned_year = models.SmallIntegerField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school", directories="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="profile_once_a_school_year", fields=["school", "school_year"]
            ),
            models.CheckConstraint(
                name="profile_parent_is_another", condition=~Q(parent=models.F("school"))
            ),
            models.CheckConstraint(
                name="profile_uncounted_has_parent",
                condition=Q(is_counted=True) | Q(parent__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["bureau", "school_year"], name="profile_of_year")]

    def __str__(self) -> str:
        return f"{self.school_id}:{self.school_year}"


class SuccessionKind(models.TextChoices):
    """What happened to a school on a day."""

    FOUNDED = "founded", _("Founded")
    MERGED = "merged", _("Merged into another school")
    SPLIT = "split", _("Split off from another school")
    RENAMED = "renamed", _("Renamed")
    CLOSED = "closed", _("Closed")

    @classmethod
    def ended(cls) -> tuple[SuccessionKind, SuccessionKind]:
        """Return what ends a school."""
        return cls.MERGED, cls.CLOSED


class SchoolSuccession(models.Model):
    """One dated event in the life of a school, so that trends follow the school and not the label.

    `other` is the school merged into or split off from; a school divided among several has a row
    for each. A merged or closed school has nobody from `on_date` on
    (`selectors.people_of_closed_schools` finds who is left). `former_name`: of a renamed school.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="successions")
    kind = models.CharField(max_length=12, choices=SuccessionKind.choices)
    on_date = models.DateField()
    other = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    former_name = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    note = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")

    scope_reach = Reach(bureaus="bureau", schools="school", directories="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="succession_once_a_day",
                fields=["school", "kind", "on_date"],
                condition=Q(other__isnull=True),
            ),
            models.UniqueConstraint(
                name="succession_of_two_once_a_day", fields=["school", "kind", "on_date", "other"]
            ),
            models.CheckConstraint(
                name="succession_kind_known", condition=Q(kind__in=SuccessionKind.values)
            ),
            models.CheckConstraint(
                name="succession_names_the_other",
                condition=Q(kind__in=["merged", "split"], other__isnull=False)
                | (~Q(kind__in=["merged", "split"]) & Q(other__isnull=True)),
            ),
            models.CheckConstraint(
                name="succession_other_is_another", condition=~Q(other=models.F("school"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}:{self.kind}:{self.on_date}"


class Campus(models.Model):
    """One place of a school. `stage_only` marks a place whose pupils are all of one stage."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="campuses")
    code = models.CharField(max_length=CODE_LENGTH)
    number = models.CharField(max_length=2)
    name = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    stage_only = models.CharField(max_length=12, blank=True, default="")
    site_area_m2 = ExactDecimalField()

    scope_reach = Reach(bureaus="bureau", schools="school", directories="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="campus_code_once", fields=["bureau", "code"]),
            models.UniqueConstraint(name="campus_number_once", fields=["school", "number"]),
            never_negative("campus_site_area_not_negative", "site_area_m2"),
        ]

    def __str__(self) -> str:
        return self.code


class StageUnit(models.Model):
    """One stage of one school: what the standard counts. A nine-year school has two.

    `unit_id` is the number of the contracts; blank for a unit that only unit tables know.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="units")
    stage = models.CharField(_("school stage"), max_length=12, choices=Stage.choices)
    unit_id = models.CharField(max_length=CODE_LENGTH, blank=True, default="")

    scope_reach = Reach(bureaus="bureau", schools="school", directories="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["school", "stage"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="unit_stage_once_a_school", fields=["school", "stage"]),
            models.UniqueConstraint(
                name="unit_number_once", fields=["bureau", "unit_id"], condition=~Q(unit_id="")
            ),
            models.CheckConstraint(name="unit_stage_known", condition=Q(stage__in=Stage.values)),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}:{self.stage}"

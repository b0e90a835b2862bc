"""People with their roles, and the dated records of where they learn, work and teach."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from junheng.apps.foundation.encryption import BlindIndexField, EncryptedTextField
from junheng.apps.foundation.scoping import Many, Reach, ScopedManager
from junheng.apps.registry.models.classes import SchoolClass
from junheng.apps.registry.models.fields import (
    CODE_LENGTH,
    TEXT_LENGTH,
    ExactDecimalField,
    in_order,
    never_negative,
)
from junheng.apps.registry.models.organisations import Bureau, School, StageUnit


class Person(models.Model):
    """A human being as one bureau knows them: what every role of theirs says alike.

    It has no rights and no account. Read through a role: a school reaches pupils and staff, only
    the bureau reaches persons.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=TEXT_LENGTH)
    sex_code = models.CharField(max_length=4)
    birth_date = models.DateField()
    identity_number = EncryptedTextField(blank=True, default="")
    identity_index = BlindIndexField(source="identity_number")

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="identity_number_once_a_bureau",
                fields=["bureau", "identity_index"],
                condition=~Q(identity_index=""),
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Pupil(models.Model):
    """A person as pupil: what stays the same wherever they are enrolled."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="pupil")
    code = models.CharField(max_length=CODE_LENGTH)
    identity_kind_code = models.CharField(max_length=4, blank=True, default="")
    register_number = EncryptedTextField(blank=True, default="")
    register_index = BlindIndexField(source="register_number")
    ethnicity_code = models.CharField(max_length=4, blank=True, default="")
    disability_code = EncryptedTextField(blank=True, default="")
    home_address = EncryptedTextField(blank=True, default="")

    scope_reach = Reach(
        bureaus="bureau",
        schools=Many("registry.Enrolment", "pupil", "school_class__school"),
        pupils="pk",
    )
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="pupil_code_once", fields=["bureau", "code"]),
            models.UniqueConstraint(
                name="register_number_once_a_bureau",
                fields=["bureau", "register_index"],
                condition=~Q(register_index=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Enrolment(models.Model):
    """A pupil in a class from a day to a day, both included. On each day a pupil has one."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, related_name="enrolments", db_index=False
    )
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, related_name="enrolments"
    )
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    entry_how = models.CharField(max_length=16, blank=True, default="")
    is_boarder = models.BooleanField(null=True)
    is_migrant_child = models.BooleanField(null=True)
    is_left_behind = models.BooleanField(null=True)
    is_home_in_zone = models.BooleanField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school_class__school", enrolments="pk")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="enrolment_once_a_day", fields=["pupil", "from_date"]),
            in_order("enrolment_in_order", "from_date", "to_date"),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id}:{self.from_date}"


class Staff(models.Model):
    """A person as member of staff: degree, title and certificate, wherever they work."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="staff")
    code = models.CharField(max_length=CODE_LENGTH)
    education_code = models.CharField(max_length=4, blank=True, default="")
    title_code = models.CharField(max_length=16, blank=True, default="")
    backbone_level = models.CharField(max_length=16, blank=True, default="")
    backbone_from = models.DateField(null=True)
    backbone_to = models.DateField(null=True)
    certificate_stage_code = models.CharField(max_length=4, blank=True, default="")

    scope_reach = Reach(bureaus="bureau", schools=Many("registry.Employment", "staff", "school"))
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="staff_code_once", fields=["bureau", "code"]),
            in_order("backbone_in_order", "backbone_from", "backbone_to"),
        ]

    def __str__(self) -> str:
        return self.code


class Employment(models.Model):
    """A member of staff at a school from a day to a day, both included.

    No two posts on the establishment at one time; others may stand side by side.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="employments", db_index=False
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="employments")
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    is_on_establishment = models.BooleanField(null=True)
    category_code = models.CharField(max_length=4)
    main_stage = models.CharField(max_length=12, blank=True, default="")

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="employment_once_a_day", fields=["staff", "school", "from_date"]
            ),
            in_order("employment_in_order", "from_date", "to_date"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}:{self.school_id}:{self.from_date}"


class Teaching(models.Model):
    """Weekly periods of one subject that a member of staff gives in a unit, dated."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="lessons", db_index=False
    )
    unit = models.ForeignKey(StageUnit, on_delete=models.PROTECT, related_name="lessons")
    subject_code = models.CharField(max_length=4)
    periods = ExactDecimalField()
    form = models.CharField(max_length=16)
    from_date = models.DateField()
    to_date = models.DateField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="unit__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="teaching_once_a_day", fields=["staff", "unit", "subject_code", "from_date"]
            ),
            in_order("teaching_in_order", "from_date", "to_date"),
            never_negative("teaching_periods_not_negative", "periods"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}:{self.unit_id}:{self.subject_code}"


class TrainingRecord(models.Model):
    """Hours of training of a member of staff in one calendar year."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="trainings", db_index=False
    )
    year = models.SmallIntegerField()
    hours = ExactDecimalField()

    scope_reach = Reach(
        bureaus="bureau", schools=Many("registry.Employment", "staff", "school", own="staff")
    )
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="training_once_a_year", fields=["staff", "year"]),
            never_negative("training_hours_not_negative", "hours"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}:{self.year}"

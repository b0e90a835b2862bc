"""Classes: what stays until graduation, and what is said of them each school year."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.apps.registry.models.fields import CODE_LENGTH
from junheng.apps.registry.models.organisations import Bureau, Campus, School, StageUnit


class SchoolClass(models.Model):
    """A class of one unit from entry to graduation; pupils are enrolled in it.

    The school stands here beside the unit so that the database can hold that unit, school and
    campus agree.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classes")
    unit = models.ForeignKey(StageUnit, on_delete=models.PROTECT, related_name="classes")
    code = models.CharField(max_length=CODE_LENGTH)
    entry_year = models.SmallIntegerField()
    class_no = models.SmallIntegerField()

    scope_reach = Reach(bureaus="bureau", schools="school", directories="bureau", classes="pk")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="class_code_once", fields=["bureau", "code"]),
            models.UniqueConstraint(
                name="class_number_once", fields=["unit", "entry_year", "class_no"]
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ClassYear(models.Model):
    """A class in one school year: its grade, campus and kind. Promotion makes a new row."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="years")
    school_year = models.SmallIntegerField()
    campus = models.ForeignKey(Campus, on_delete=models.PROTECT, null=True, related_name="+")
    grade = models.SmallIntegerField(null=True)
    kind_code = models.CharField(max_length=8, blank=True, default="")

    scope_reach = Reach(
        bureaus="bureau", schools="school", directories="bureau", classes="school_class"
    )
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="class_once_a_year", fields=["school_class", "school_year"]
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["bureau", "school_year"], name="class_of_year")]

    def __str__(self) -> str:
        return f"{self.school_class_id}:{self.school_year}"

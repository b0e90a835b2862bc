"""Rooms, grounds, equipment, money, figures of the county and documents."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from junheng.apps.foundation.scoping import Reach, ScopedManager
from junheng.apps.registry.models.fields import (
    CODE_LENGTH,
    TEXT_LENGTH,
    ExactDecimalField,
    never_negative,
)
from junheng.apps.registry.models.organisations import Bureau, Campus, School


class Room(models.Model):
    """A room of a school, with its usable area."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="rooms")
    campus = models.ForeignKey(Campus, on_delete=models.PROTECT, null=True, related_name="rooms")
    code = models.CharField(max_length=CODE_LENGTH)
    kind = models.CharField(max_length=24)
    area_m2 = ExactDecimalField()
    is_multimedia = models.BooleanField(null=True)
    is_networked = models.BooleanField(null=True)

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="room_code_once", fields=["bureau", "code"]),
            never_negative("room_area_not_negative", "area_m2"),
        ]

    def __str__(self) -> str:
        return self.code


class SportsGround(models.Model):
    """A sports ground of a school, its own or rented off the campus."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="grounds")
    campus = models.ForeignKey(Campus, on_delete=models.PROTECT, null=True, related_name="grounds")
    code = models.CharField(max_length=CODE_LENGTH)
    kind = models.CharField(max_length=24)
    area_m2 = ExactDecimalField()
    contract_end = models.DateField(null=True)
    walk_minutes = ExactDecimalField()

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="ground_code_once", fields=["bureau", "code"]),
            never_negative("ground_area_not_negative", "area_m2"),
            never_negative("ground_walk_not_negative", "walk_minutes"),
        ]

    def __str__(self) -> str:
        return self.code


class AssetLine(models.Model):
    """What a school acquired of one kind in one year: yuan at cost, pieces or volumes."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="assets", db_index=False
    )
    kind = models.CharField(max_length=24)
    amount = ExactDecimalField()
    acquired_year = models.SmallIntegerField()

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="asset_once_a_year", fields=["school", "kind", "acquired_year"]
            ),
            never_negative("asset_amount_not_negative", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}:{self.kind}:{self.acquired_year}"


class FundingLine(models.Model):
    """Money of one kind for a school in one calendar year."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="funding", db_index=False
    )
    year = models.SmallIntegerField()
    kind = models.CharField(max_length=32)
    amount_yuan = ExactDecimalField()

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="funding_once_a_year", fields=["school", "year", "kind"]),
            never_negative("funding_not_negative", "amount_yuan"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}:{self.year}:{self.kind}"


class Document(models.Model):
    """A document that proves something; `school` is blank for the whole county."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, related_name="documents"
    )
    code = models.CharField(max_length=CODE_LENGTH)
    title = models.CharField(max_length=TEXT_LENGTH)
    kind = models.CharField(max_length=32)
    number = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    issued_on = models.DateField(null=True)
    item = models.CharField(max_length=4, blank=True, default="")
    content_sha256 = models.CharField(max_length=64, blank=True, default="")

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="document_code_once", fields=["bureau", "code"]),
        ]

    def __str__(self) -> str:
        return self.code


class CountyFact(models.Model):
    """One figure of the county in one calendar year, with the document that proves it."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.SmallIntegerField()
    key = models.CharField(max_length=40)
    value = ExactDecimalField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="county_fact_once", fields=["bureau", "year", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.year}:{self.key}"

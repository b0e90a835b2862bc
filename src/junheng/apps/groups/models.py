"""Groups of schools and their dated members."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.apps.foundation.scoping import Reach, ScopedManager


class GroupKind(models.TextChoices):
    """What binds the schools of a group."""

    CLUSTER = "cluster", _("Education group")
    ZONE = "zone", _("School zone")
    PARTNERSHIP = "partnership", _("Town and country partnership")


class Grouping(models.Model):
    """A group of schools of one bureau, with its official name."""

    bureau = models.ForeignKey(
        "registry.Bureau", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=GroupKind.choices)
    name = models.CharField(max_length=100)

    scope_reach = Reach(bureaus="bureau", directories="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="group_name_once_a_bureau", fields=["bureau", "name"]),
            # What a foreign key that carries the bureau along can point at.
            models.UniqueConstraint(name="group_bureau_and_id", fields=["bureau", "id"]),
            models.CheckConstraint(name="group_kind_known", condition=Q(kind__in=GroupKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A school in a group from a day to a day, both included. On each day it is in it once."""

    bureau = models.ForeignKey(
        "registry.Bureau", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    grouping = models.ForeignKey(Grouping, on_delete=models.PROTECT, related_name="memberships")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, related_name="memberships"
    )
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    is_lead = models.BooleanField(default=False)

    scope_reach = Reach(bureaus="bureau", directories="bureau", homes="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="membership_once_a_day", fields=["grouping", "school", "from_date"]
            ),
            models.CheckConstraint(
                name="membership_in_order",
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grouping_id}:{self.school_id}:{self.from_date}"

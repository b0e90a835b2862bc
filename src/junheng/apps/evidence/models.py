"""Evidence: what was filed for an item of the standard, in which versions, and what became of it.

Nothing is overwritten: a newer file is a further version, and what should no longer count is
withdrawn with a reason. Files lie outside the database, sealed each under a key of its own.
"""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from junheng.apps.foundation.encryption import EncryptedTextField
from junheng.apps.foundation.scoping import Reach, ScopedManager


class Evidence(models.Model):
    """One piece of evidence for one item of a rule set, of the bureau or of one school.

    `file_name` is that of the newest version. `withdrawn_at` None: it counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "registry.School", on_delete=models.PROTECT, null=True, related_name="+"
    )
    school_year = models.ForeignKey(
        "registry.SchoolYear", on_delete=models.PROTECT, related_name="+"
    )
    ruleset_id = models.CharField(max_length=64)
    item_id = models.CharField(max_length=32)
    file_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=200, blank=True, default="")

    scope_reach = Reach(bureaus="bureau", schools="school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["bureau", "school_year", "item_id"], name="evidence_of_item"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="evidence_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | ~Q(withdrawn_why="") & Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.file_name}"

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer counts."""
        return self.withdrawn_at is not None


class EvidenceVersion(models.Model):
    """One file of a piece of evidence, numbered from 1; never changed.

    `stored_as` is the random name of the sealed file, `key` its key in base64: without it nobody
    reads the file, wherever copies of it lie. `sha256` and `n_bytes` are of what was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    n_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    stored_as = models.CharField(max_length=64, unique=True)
    key = EncryptedTextField()
    note = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    scope_reach = Reach(bureaus="evidence__bureau", schools="evidence__school")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["evidence", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="evidence_version_number_once", fields=["evidence", "number"]
            ),
            models.CheckConstraint(name="evidence_version_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id}:{self.number}"

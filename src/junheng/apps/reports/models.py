"""Papers that were made, with the file itself: nothing here is changed once it stands."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from junheng.apps.foundation.scoping import Reach, ScopedManager


class Paper(models.Model):
    """One file made from an assessment of the district.

    `kind` is one of `rules/reports/papers.toml`, `form` the ending of the file. `data_digest` is
    that of the figures it was made from (see `digests`), printed on it, too; `sha256` that of the
    file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey("balance.Assessment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    form = models.CharField(max_length=8)
    language = models.CharField(max_length=8)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    n_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    data_digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    scope_reach = Reach(bureaus="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-made_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["assessment", "-made_at"], name="paper_of_assessment"),
            models.Index(fields=["made_at"], name="paper_by_age"),
        ]

    def __str__(self) -> str:
        return self.file_name

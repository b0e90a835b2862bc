"""The journal of changes: who changed what, when, why, from which value to which.

Append-only: the database itself refuses UPDATE, DELETE and TRUNCATE on this table.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One change of one object. Written by `journal.record`, read through `journal.values`.

    `kind` is the model's label and `key` its primary key as text. `old` and `new` hold the changed
    fields; sensitive ones as {"encrypted": ...}. `batch` ties together what was done in one act.
    """

    at = models.DateTimeField(auto_now_add=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    why = models.CharField(max_length=200)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    batch = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "key", "id"], name="change_by_object"),
            models.Index(fields=["batch"], name="change_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

"""The journal of changes, and the keys of persons under which its lines are sealed.

The journal tells who changed what, when, why, from which value to which. It is append-only: the
database itself refuses UPDATE, DELETE and TRUNCATE on its table.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from junheng.apps.foundation.encryption import EncryptedTextField


class Change(models.Model):
    """One change of one object. Written by `journal.record`, read through `journal.values`.

    `kind` is the model's label and `key` its primary key as text; `old` and `new` hold the changed
    fields, sensitive ones as {"encrypted": ...}. For a row of a dataset `kind` is "dataset:<id>"
    and `key` the text of its key; `old` and `new` hold the row, or {"encrypted": ...} as a whole.
    `batch` ties together what was done in one act.
    """

    at = models.DateTimeField(auto_now_add=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    why = models.CharField(max_length=200)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
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


class PersonKey(models.Model):
    """The key of one person, see `person_keys`; blank once it was destroyed.

    `subject` is bureau code, dataset and number of the person within the platform.
    """

    subject = models.CharField(max_length=160, unique=True)
    wrapped = EncryptedTextField(blank=True, default="")
    destroyed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class WindowCount(models.Model):
    """How often something happened in the period that ends at `ends_s`, seconds of the clock."""

    name = models.CharField(max_length=100, primary_key=True)
    ends_s = models.BigIntegerField(db_index=True)
    n = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.name

"""The log of what people did and saw, and the seals that bind it into a chain.

Append-only: the database itself refuses UPDATE, DELETE and TRUNCATE on entries and seals. An entry
names people and things by id alone, never by a name or an identity number.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """One act of one person. Written by `api.record`, which knows what the fields hold.

    `user_id` is no foreign key: an entry outlives whom it tells of, and waits for nobody's row.
    `posts` is "<id of the post>:<role>", parted by blanks; `bureaus` the bureaus these lie in, as
    ",1,2,". `keys` is a JSON list of at most `api.KEYS_KEPT` texts; `n_rows` counts all rows that
    were touched. `batch` names the entries of the journal of changes that the act wrote.
    """

    at = models.DateTimeField(db_index=True)
    user_id = models.BigIntegerField(null=True)
    posts = models.CharField(max_length=400)
    bureaus = models.CharField(max_length=100)
    act = models.CharField(max_length=32)
    kind = models.CharField(max_length=64)
    keys = models.TextField()
    purpose = models.CharField(max_length=200)
    address = models.CharField(max_length=45)
    request_id = models.CharField(max_length=32)
    n_rows = models.PositiveIntegerField()
    detail = models.CharField(max_length=200)
    batch = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user_id", "id"], name="audit_by_user"),
            models.Index(fields=["act", "id"], name="audit_by_act"),
            models.Index(fields=["kind", "id"], name="audit_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


class Unsealed(models.Model):
    """An entry that no seal covers yet; the database adds the row together with the entry.

    Hence an entry whose transaction commits late, behind entries with higher ids, is found by the
    next seal as well as any other.
    """

    entry_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """One link of the chain over some entries; `number` counts from 1 without a gap.

    `entries` has a line "<id> <SHA-256 of the canonical entry>" for each, by id. `head` is the
    SHA-256 over the seal before and these lines: see `chain.head_of`.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    n_entries = models.PositiveIntegerField()
    entries = models.TextField()
    previous = models.CharField(max_length=64)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.head[:12]}"

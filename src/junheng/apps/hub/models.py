"""Tokens of connected systems: what they open, until when, and who made them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from junheng.apps.foundation.scoping import Reach, ScopedManager


class ApiToken(models.Model):
    """One token of one bureau. The token itself is kept nowhere: `digest` is its SHA-256.

    `account` is nobody's: it has no password, and holds the post of the role `integration` under
    which the token acts. `kinds`: kinds of data that it opens, `imports`: datasets that it may
    send, both separated by blanks. The last day counts.
    """

    bureau = models.ForeignKey("registry.Bureau", on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=64)
    kinds = models.CharField(max_length=100)
    imports = models.CharField(max_length=400, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    last_day = models.DateField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    scope_reach = Reach(bureaus="bureau", directories="bureau")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.bureau_id}:{self.name}"

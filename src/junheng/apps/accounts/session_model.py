"""What the door keeps: open sessions with their holders, and counters that all processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class SignedInSession(AbstractBaseSession):
    """One session, with what its holder is shown of it; `user` is None before signing in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that reads and writes these rows."""
        from junheng.apps.accounts.sessions import SessionStore

        return SessionStore


class SharedCounter(models.Model):
    """The table of Django's cache in the database: tries to sign in, codes used.

    In the database and not in memory, so that a second process or machine does not give an attacker
    as many tries again.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_shared_counter"

    def __str__(self) -> str:
        return self.cache_key

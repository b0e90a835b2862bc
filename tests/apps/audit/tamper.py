"""The owner of the database, who can take the walls down: what the chain has to find."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from junheng.apps.audit.api import record

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY, SEAL = "audit_auditentry", "audit_auditseal"


def write_entries(n: int) -> None:
    """Put `n` entries into the log, each by another person."""
    for user_id in range(1, n + 1):
        record("read", reader=None, kind="dataset:pupils", keys=["7"], user_id=user_id)


def tamper(*statements: str) -> None:
    """Run statements as the owner of the database, with the triggers away."""
    with _walls_lowered(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _walls_lowered() -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'"
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)

"""Many rows at once: the store knows about them before the transaction ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from junheng.apps.foundation import bulk, clock
from junheng.apps.operation.models import Heartbeat

pytestmark = pytest.mark.django_db
N_ROWS = 1_000


def planned_rows() -> float:
    with connection.cursor() as cursor:
        cursor.execute(f'EXPLAIN SELECT * FROM "{Heartbeat._meta.db_table}"')
        (first,) = cursor.fetchone()
    return float(str(first).split("rows=")[1].split()[0])


def test_a_plan_counts_the_rows_just_written() -> None:
    """Statistics were last taken of the empty table, as happens while an import is under way."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans without counts")
    with connection.cursor() as cursor:
        # A page of rows that are gone again: from no page at all PostgreSQL takes a guess.
        Heartbeat.objects.create(worker="gone", at=clock.now())
        Heartbeat.objects.all().delete()
        cursor.execute(f'ANALYZE "{Heartbeat._meta.db_table}"')
    assert planned_rows() < N_ROWS / 10
    now = clock.now()
    rows = ((f"worker {n}", now + timedelta(seconds=n)) for n in range(N_ROWS))
    assert bulk.insert(Heartbeat, ["worker", "at"], rows) == N_ROWS
    assert planned_rows() == N_ROWS

"""How often something may happen within a period of the clock, counted in the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from junheng.apps.foundation.models import WindowCount

COUNT = """
INSERT INTO foundation_windowcount AS kept (name, ends_s, n) VALUES (%s, %s, 1)
ON CONFLICT (name) DO UPDATE SET
    n = CASE WHEN kept.ends_s = excluded.ends_s THEN kept.n + 1 ELSE 1 END,
    ends_s = excluded.ends_s
RETURNING n
"""
"""One statement, so that of two at the same moment each is counted, in whatever process."""


@dataclass(frozen=True)
class Window:
    """The period that `now_s` lies in, for whatever `name` stands for."""

    name: str
    limit: int
    period_s: int
    now_s: int

    @property
    def is_full(self) -> bool:
        """Whether the limit of the period is reached."""
        kept = WindowCount.objects.filter(name=self.name, ends_s=self._ends_s, n__gte=self.limit)
        return kept.exists()

    @property
    def wait_s(self) -> int:
        """Seconds until the next period begins."""
        return self._ends_s - self.now_s

    def count(self) -> int:
        """Count one more and return the how-manieth within the period it is.

        Within a transaction, others of the same name wait for its end.
        """
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [self.name, self._ends_s])
            (n,) = cursor.fetchone()
        if n == 1:
            self._forget_ended()
        return int(n)

    def take(self) -> bool:
        """Count one more and return whether the limit leaves room for it."""
        return self.count() <= self.limit

    @property
    def _ends_s(self) -> int:
        return (self.now_s // self.period_s + 1) * self.period_s

    def _forget_ended(self) -> None:
        """Remove what no period needs any more: names may hold the address of somebody."""
        with transaction.atomic():
            # Rows that another transaction counts in just now are left to it: no two may wait
            # for each other.
            ended = WindowCount.objects.select_for_update(skip_locked=True).filter(
                ends_s__lte=self.now_s
            )
            WindowCount.objects.filter(pk__in=ended.values("pk")).delete()

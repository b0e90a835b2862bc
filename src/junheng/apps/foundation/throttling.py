"""How often something may happen within a period of the clock, counted in the shared cache."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Window:
    """The period that `now_s` lies in, for whatever `name` stands for.

    Two at the same moment may count as one: the limit keeps programs in bounds and is no lock.
    """

    name: str
    limit: int
    period_s: int
    now_s: int

    @property
    def is_full(self) -> bool:
        """Whether the limit of the period is reached."""
        return int(cache.get(self._key, 0)) >= self.limit

    @property
    def wait_s(self) -> int:
        """Seconds until the next period begins."""
        return self.period_s - self.now_s % self.period_s

    def count(self) -> None:
        """Count one more."""
        cache.set(self._key, int(cache.get(self._key, 0)) + 1, timeout=2 * self.period_s)

    @property
    def _key(self) -> str:
        return f"{self.name}:{self.now_s // self.period_s}"

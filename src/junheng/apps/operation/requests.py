"""How many requests this process answered, how, and how fast; without addresses or people."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BOUNDS_S = (0.05, 0.1, 0.3, 1.0, 3.0, 10.0)


class RequestFigures:
    """Counts since the process started; `n_below[i]` is how many took at most `BOUNDS_S[i]`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.by_kind: Counter[tuple[str, int]] = Counter()
        self.n_below = [0] * len(BOUNDS_S)
        self.total_s = 0.0

    def add(self, method: str, status: int, took_s: float) -> None:
        """Count one answer. A method nobody defined must not open a series of its own."""
        with self._lock:
            self.by_kind[method if method in METHODS else "other", status] += 1
            self.total_s += took_s
            for place, bound_s in enumerate(BOUNDS_S):
                self.n_below[place] += took_s <= bound_s


figures = RequestFigures()


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Count every request; outermost, so that refusals count too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = get_response(request)
        took_s = time.perf_counter() - begun
        figures.add(request.method or "", response.status_code, took_s)
        return response

    return middleware

"""Every visit to a page as an entry: what was read or sent out, and what was refused."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from junheng.apps.audit.recording import record
from junheng.apps.audit.rules import pages
from junheng.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse
    from django.urls import ResolverMatch

    from junheng.apps.accounts.api import Reader
    from junheng.apps.audit.rules import Visit

REFUSALS = (NotAllowed, NotFound, Http404, PermissionDenied)
REFUSED_FROM = 400


@dataclass
class Shown:
    """What a page says about itself beyond its address: kinds of rows, how many of each."""

    rows: list[tuple[str, int, Sequence[str]]] = field(default_factory=list)


_shown: ContextVar[Shown | None] = ContextVar("junheng_audit_shown", default=None)


def shows(kind: str, *, n_rows: int, keys: Sequence[str] = ()) -> None:
    """Say what rows the page being made shows, so that its entry tells it; one entry a kind.

    Outside a request it does nothing.
    """
    shown = _shown.get()
    if shown is not None:
        shown.rows.append((kind, n_rows, keys))


class Visits:
    """Record what a reader gets before it is sent, and what is refused to them.

    An entry that cannot be written is an error of the page: nothing is shown off the record.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shown = Shown()
        token = _shown.set(shown)
        try:
            response = self.get_response(request)
        finally:
            _shown.reset(token)
        reader, match = _reader(request), request.resolver_match
        if reader and match and response.status_code < REFUSED_FROM:
            _record_visit(request, reader, match, shown)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Record a refusal; the transaction of the view has been undone by now."""
        reader, match = _reader(request), request.resolver_match
        if reader and match and isinstance(error, REFUSALS):
            record(
                "refused",
                reader=reader,
                kind=f"page:{match.view_name}",
                keys=_arguments(match.kwargs),
                n_rows=0,
                detail=f"{request.method} {type(error).__name__}",
            )


def _reader(request: HttpRequest) -> Reader | None:
    reader: Reader | None = getattr(request, "reader", None)
    return reader


def _record_visit(request: HttpRequest, reader: Reader, match: ResolverMatch, shown: Shown) -> None:
    visit = pages().visit(match.view_name)
    if visit is None or visit.method not in ("", request.method):
        return
    keys = _keys(request, match, visit)
    rows = shown.rows or [(visit.kind.format(**match.kwargs), 1, ())]
    for kind, n_rows, own_keys in rows:
        record(visit.act, reader=reader, kind=kind, keys=own_keys or keys, n_rows=n_rows)


def _keys(request: HttpRequest, match: ResolverMatch, visit: Visit) -> list[str]:
    left = {name: v for name, v in match.kwargs.items() if f"{{{name}}}" not in visit.kind}
    asked = request.GET.getlist(visit.keys) if visit.keys else []
    return [*_arguments(left), *(text[:80] for text in asked)]


def _arguments(arguments: dict[str, Any]) -> list[str]:
    return [str(value) for value in arguments.values()]

"""Where the request of this context came from: its address and an id of its own."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Origin:
    """The address a request came from, and the id that ties its entries together."""

    address: str = ""
    request_id: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("junheng_audit_origin", default=NOWHERE)


def origin() -> Origin:
    """Return where the request of this context came from; blank outside any."""
    return _current.get()


def origin_known(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Remember the address of each request while it is answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _current.set(Origin(address_of(request), uuid4().hex))
        try:
            return get_response(request)
        finally:
            _current.reset(token)

    return middleware


def address_of(request: HttpRequest) -> str:
    """Return the address of the reader's machine; blank when it is none.

    Behind our proxy it is the last one of the list: what stands before it anybody can claim.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.META.get("HTTP_X_FORWARDED_FOR", told).rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return ""

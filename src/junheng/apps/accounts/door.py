"""Listens to Django and allauth at the door, keeps what a session shows, passes events on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out

from junheng.apps.accounts import events
from junheng.apps.accounts.sessions import ADDRESS, AGENT, STARTED_AT
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.accounts.models import User

DEMO_MARK = "is_demo_sign_in"


def listen() -> None:
    """Connect once, when the site starts."""
    user_logged_in.connect(_on_signed_in, dispatch_uid="accounts.door")
    user_logged_out.connect(_on_signed_out, dispatch_uid="accounts.door")
    authenticator_added.connect(_on_factor_added, dispatch_uid="accounts.door")
    authenticator_removed.connect(_on_factor_removed, dispatch_uid="accounts.door")
    authenticator_reset.connect(_on_factor_reset, dispatch_uid="accounts.door")
    authentication_failed.connect(_on_factor_refused, dispatch_uid="accounts.door")


def address_of(request: HttpRequest) -> str | None:
    """Return the address a request came from, as the proxy told it where there is one."""
    if not request.META.get("REMOTE_ADDR"):
        return None
    address: str = get_adapter().get_client_ip(request)
    return address


def _on_signed_in(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    session = request.session
    # Addresses of sessions that are over are kept by the log alone.
    session.clear_expired()
    session[STARTED_AT] = clock.now().timestamp()
    session[ADDRESS] = address_of(request)
    session[AGENT] = request.META.get("HTTP_USER_AGENT", "")[:200]
    events.signed_in.send(type(user), request=request, user=user, method=_method(request, user))


def _on_signed_out(*, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        events.signed_out.send(type(user), request=request, user=user)


def _on_factor_added(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _tell_factor(request, user, authenticator, "added")


def _on_factor_removed(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _tell_factor(request, user, authenticator, "removed")


def _on_factor_reset(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _tell_factor(request, user, authenticator, "reset")


def _tell_factor(request: HttpRequest, user: User, authenticator: Any, change: str) -> None:
    factor = str(authenticator.type)
    events.factor_changed.send(
        type(user), request=request, user=user, factor=factor, change=change, by=user.pk
    )


def _on_factor_refused(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    events.sign_in_failed.send(
        type(user), request=request, user=user, username=user.username, reason="factor"
    )


def _method(request: HttpRequest, user: User) -> str:
    if request.session.get(DEMO_MARK):
        return "demo"
    records = get_authentication_records(request, user)
    if any(record.get("passwordless") for record in records):
        return "passkey"
    methods = [record["method"] for record in records]
    return "scan" if "socialaccount" in methods else next(iter(methods), "")

"""What keeps a signed-in session in bounds: idle time, absolute limit, password and factor due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.urls import reverse

from junheng.apps.accounts import events, factors
from junheng.apps.accounts.models import User
from junheng.apps.accounts.sessions import STARTED_AT, SessionStore
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from junheng.apps.accounts.reader import ReaderRequest

# Where one may be with a password that has to be changed, and where without the factor due.
WITHOUT_PASSWORD = frozenset({"password_change", "sign_out", "set_language"})
WITHOUT_FACTOR = WITHOUT_PASSWORD | {
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


def session_limits(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """End sessions that were idle or open for too long, before anybody asks who they belong to."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and isinstance(request.session, SessionStore):
            now = clock.now()
            reason = _over(request.session, now)
            if reason:
                _end(request, request.user, reason)
            else:
                request.session.note_seen(now)
        return get_response(request)

    return middleware


def _over(session: SessionStore, now: datetime) -> str:
    """Return why the session is over, or nothing; one that does not know its beginning is."""
    started_at = datetime.fromtimestamp(session.get(STARTED_AT, 0), UTC)
    seen_at = session.seen_at or started_at
    if now - started_at > timedelta(hours=settings.SESSION_HOURS):
        return "limit"
    return "idle" if now - seen_at > timedelta(minutes=settings.IDLE_MINUTES) else ""


def _end(request: HttpRequest, user: User, reason: str) -> None:
    request.session.flush()
    request.user = AnonymousUser()
    events.signed_out.send(User, request=request, user=user, reason=reason)


class DueFirst:
    """Lead to what is due before any page: another password, then the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: ReaderRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        if request.reader is None or not isinstance(request.user, User):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.user.must_change_password:
            is_open = name in WITHOUT_PASSWORD
            return None if is_open else HttpResponseRedirect(reverse("password_change"))
        if name not in WITHOUT_FACTOR and factors.must_show(request, request.reader):
            return factors.to_factor(request)
        return None

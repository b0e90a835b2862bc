"""The second factor: who has to show one, who has shown one, and how lately.

A factor counts as shown when allauth keeps a record of it in the session: a code, a passkey, a
recovery code, or a scan in the bureau's messenger.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect

from junheng.apps.accounts.models import User
from junheng.apps.accounts.rolebook import rolebook
from junheng.apps.accounts.selectors import reader_on
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.reader import Reader

SHOWN_BY = frozenset({"mfa", "socialaccount"})


def needs_factor(roles: Iterable[str]) -> bool:
    """Whether one of the roles is let in with a second factor only."""
    return any(rolebook()[role].needs_second_factor for role in roles)


def must_show(request: HttpRequest, reader: Reader) -> bool:
    """Whether the reader's posts ask for a factor that this session has not seen."""
    is_due = needs_factor(reader.roles) and not _shown_at(request)
    return bool(settings.SECOND_FACTOR_ASKED) and is_due


def has_factor(user: User) -> bool:
    """Whether the person has set up an authenticator or a passkey."""
    own = Authenticator.objects.filter(user=user)
    return bool(own.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def may_remove(factor: Authenticator) -> bool:
    """Whether the holder may do without this factor: not the last one where posts ask for one."""
    others = Authenticator.objects.filter(user=factor.user).exclude(pk=factor.pk)
    if others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        return True
    return not needs_factor(reader_on(factor.user, clock.today()).roles)


def is_fresh(request: HttpRequest) -> bool:
    """Whether a factor was shown within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    age_s = time.time() - _shown_at(request)
    return age_s < float(settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def require(request: HttpRequest) -> None:
    """Go on when a factor was shown lately; else raise what becomes a redirect."""
    if settings.SECOND_FACTOR_ASKED and not is_fresh(request):
        raise ImmediateHttpResponse(to_factor(request))


def to_factor(request: HttpRequest) -> HttpResponse:
    """Return the redirect to where the reader shows a factor, or sets one up first."""
    if not isinstance(request.user, User) or not has_factor(request.user):
        target = reverse("mfa_index")
    else:
        back = urlencode({"next": _way_back(request)})
        target = f"{_page_of(request.user)}?{back}"
    is_fragment = request.headers.get("HX-Request") == "true"
    return HttpResponseClientRedirect(target) if is_fragment else HttpResponseRedirect(target)


def _page_of(user: User) -> str:
    by_code = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")


def _shown_at(request: HttpRequest) -> float:
    """Return the moment of the last factor in seconds since 1970; 0 when there was none."""
    if not isinstance(request.user, User):
        return 0.0
    records = get_authentication_records(request, request.user)
    return max((record["at"] for record in records if record["method"] in SHOWN_BY), default=0.0)


def _way_back(request: HttpRequest) -> str:
    """Return the page the reader came from: a form is not sent again behind their back."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return reverse("home")
    return urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl()

"""Writes on accounts: passwords, open sessions, factors that were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db import transaction

from junheng.apps.accounts import events
from junheng.apps.accounts.models import SignedInSession, User
from junheng.apps.accounts.passwords import one_time_password

if TYPE_CHECKING:
    from django.http import HttpRequest


def sessions_end(
    *, user: User, by: int, request: HttpRequest | None = None, keep: str | None = None
) -> int:
    """Sign a person out everywhere but in the session `keep`; return how many were open.

    A browser that held one of them is a stranger with its next request.
    """
    rows = SignedInSession.objects.filter(user=user).exclude(session_key=keep or "")
    n_sessions, _ = rows.delete()
    events.sessions_revoked.send(User, request=request, user=user, by=by, n_sessions=n_sessions)
    return n_sessions


@transaction.atomic
def password_set(
    *, user: User, password: str, by: int, is_one_time: bool, request: HttpRequest | None = None
) -> None:
    """Set a password; whoever is not its holder sets one for one time alone."""
    user.set_password(password)
    user.must_change_password = is_one_time
    user.save(update_fields=["password", "must_change_password"])
    events.password_changed.send(User, request=request, user=user, by=by, is_one_time=is_one_time)


@transaction.atomic
def password_renew(*, user: User, by: int, request: HttpRequest | None = None) -> str:
    """Give a one-time password, which closes every session; return it to be printed once."""
    password = one_time_password()
    password_set(user=user, password=password, by=by, is_one_time=True, request=request)
    sessions_end(user=user, by=by, request=request)
    return password


@transaction.atomic
def factors_reset(*, user: User, by: int, request: HttpRequest | None = None) -> None:
    """Take away every factor of a person who lost theirs, and sign them out."""
    Authenticator.objects.filter(user=user).delete()
    sessions_end(user=user, by=by, request=request)
    events.factor_changed.send(
        User, request=request, user=user, factor="all", change="removed", by=by
    )


def session_end(*, row: SignedInSession, by: int, request: HttpRequest | None = None) -> None:
    """End one session of its holder."""
    holder = row.user
    row.delete()
    events.sessions_revoked.send(User, request=request, user=holder, by=by, n_sessions=1)

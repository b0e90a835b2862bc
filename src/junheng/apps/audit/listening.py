"""What happens at the door, put into the log: sign-ins, refused tries, factors, passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.apps.accounts import events
from junheng.apps.accounts.api import reader_on
from junheng.apps.accounts.models import User
from junheng.apps.audit.recording import record
from junheng.apps.foundation import clock
from junheng.apps.foundation.encryption import blind_index

if TYPE_CHECKING:
    from django.dispatch import Signal

KIND = "accounts.User"
NAME_PURPOSE = "audit.AuditEntry.user_name"


def connect() -> None:
    """Connect once, when the site starts."""
    listeners: dict[Signal, Any] = {
        events.signed_in: _on_signed_in,
        events.sign_in_failed: _on_sign_in_failed,
        events.signed_out: _on_signed_out,
        events.factor_changed: _on_factor_changed,
        events.password_changed: _on_password_changed,
        events.sessions_revoked: _on_sessions_revoked,
    }
    for signal, listener in listeners.items():
        signal.connect(listener, dispatch_uid="audit.listening")


def name_key(username: str) -> str:
    """Return what stands for a user name that was typed: it may be a name, or a password."""
    return "#" + blind_index(username, purpose=NAME_PURPOSE)[:24]


def _on_signed_in(*, user: User, method: str, **_: Any) -> None:
    _record("sign_in", user, by=user.pk, detail=method)


def _on_sign_in_failed(*, user: User | None, username: str, reason: str, **_: Any) -> None:
    # One look-up whether the account exists or not.
    known = User.objects.filter(username=username).values_list("pk", flat=True).first()
    record(
        "sign_in_failed",
        reader=None,
        user_id=user.pk if user else known,
        kind=KIND,
        keys=[name_key(username)],
        detail=reason,
    )


def _on_signed_out(*, user: User, reason: str = "", **_: Any) -> None:
    _record("sign_out", user, by=user.pk, detail=reason)


def _on_factor_changed(*, user: User, factor: str, change: str, by: int | None, **_: Any) -> None:
    _record("factor_changed", user, by=by, detail=f"{factor} {change}")


def _on_password_changed(*, user: User, by: int | None, is_one_time: bool, **_: Any) -> None:
    _record("password_changed", user, by=by, detail="one-time" if is_one_time else "")


def _on_sessions_revoked(*, user: User, by: int | None, n_sessions: int, **_: Any) -> None:
    _record("sessions_revoked", user, by=by, n_rows=n_sessions)


def _record(act: str, user: User, *, by: int | None, n_rows: int = 1, detail: str = "") -> None:
    """Record an act on an account; `by` is the id of who did it, None for a command."""
    holder = reader_on(user, clock.today())
    record(
        act,
        reader=holder if by == user.pk else None,
        user_id=by,
        bureau_ids=[post.home_id for post in holder.posts],
        kind=KIND,
        keys=[str(user.pk)],
        n_rows=n_rows,
        detail=detail,
    )

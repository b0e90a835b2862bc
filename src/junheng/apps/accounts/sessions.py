"""Sessions that know whose they are, since when, and from where; named by SESSION_ENGINE.

The holder, the beginning, the address and the browser lie in columns beside Django's data, so that
a person can list their sessions and "sign out everywhere" is the removal of rows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from junheng.apps.accounts.session_model import SignedInSession

ADDRESS = "address"
AGENT = "agent"
STARTED_AT = "started_at"
# The moment of the last request is written once a minute at most: a page is not a write.
SEEN_EVERY = timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """Django's sessions in the database, on our own table."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[SignedInSession]:
        """Return the model of the rows."""
        return SignedInSession

    def load(self) -> dict[str, Any]:
        """Return the data, and keep when the session was last seen."""
        rows = SignedInSession.objects.filter(
            session_key=self.session_key, expire_date__gt=timezone.now()
        )
        row = rows.first()
        if row is None:
            self._session_key = None
            return {}
        self.seen_at = row.seen_at
        return dict(self.decode(row.session_data))

    def create_model_instance(self, data: dict[str, Any]) -> SignedInSession:
        """Return the row of the data, with the holder in columns of their own."""
        started = data.get(STARTED_AT)
        started_at = datetime.fromtimestamp(started, UTC) if started else None
        plain = super().create_model_instance(data)
        return SignedInSession(
            session_key=plain.session_key,
            session_data=plain.session_data,
            expire_date=plain.expire_date,
            user_id=int(data[SESSION_KEY]) if SESSION_KEY in data else None,
            started_at=started_at,
            seen_at=self.seen_at or started_at,
            address=data.get(ADDRESS),
            agent=data.get(AGENT, ""),
        )

    def note_seen(self, now: datetime) -> None:
        """Keep `now` as the moment of the last request, unless one of the last minute is kept."""
        if self.seen_at is not None and now - self.seen_at < SEEN_EVERY:
            return
        self.seen_at = now
        SignedInSession.objects.filter(session_key=self.session_key).update(seen_at=now)

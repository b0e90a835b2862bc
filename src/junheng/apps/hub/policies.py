"""Who keeps the tokens of a bureau: its IT office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Place, Role
from junheng.apps.foundation import policies
from junheng.apps.hub.models import ApiToken

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

VIEW, REVOKE = policies.VIEW, "revoke"
KEEPERS = frozenset({Role.IT_OFFICER})


class TokenPolicy:
    """Seen and revoked by the IT office of the bureau."""

    acts = frozenset({VIEW, REVOKE})

    def can(self, reader: Reader, act: str, obj: ApiToken) -> bool:
        return reader.holds(KEEPERS, bureau_id=obj.bureau_id)

    def visible(self, reader: Reader, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        return queryset.filter(bureau__in=bureaus_kept(reader))


def bureaus_kept(reader: Reader) -> list[int]:
    """Return the bureaus whose tokens the reader keeps, in order."""
    return sorted(
        {
            post.home_id
            for post in reader.posts
            if post.role in KEEPERS and post.place is Place.BUREAU
        }
    )


def register_policies() -> None:
    """Make these policies the deciding ones; called once when Django is ready."""
    policies.register(ApiToken, TokenPolicy())

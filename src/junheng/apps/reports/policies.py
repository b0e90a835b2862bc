"""Who sees a kept paper: its bureau."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.apps.accounts.api import Kind
from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import reach_of
from junheng.apps.reports.models import Paper

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader


class PaperPolicy:
    """A paper is read by whoever reads the figures in it; nobody changes it."""

    acts = frozenset({policies.VIEW})

    def can(self, reader: Reader, act: str, obj: Paper) -> bool:
        return reach_of(Paper).holds(obj, reader.scope_of(Kind.FIGURES))

    def visible(self, reader: Reader, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reach_of(Paper).condition(reader.scope_of(Kind.FIGURES)))


def register_policies() -> None:
    """Make this policy the deciding one; called once when Django is ready."""
    policies.register(Paper, PaperPolicy())

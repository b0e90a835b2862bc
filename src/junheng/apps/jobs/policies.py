"""Who may see and cancel a job: whoever it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.jobs.models import Job

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader

CANCEL = "cancel"


class JobPolicy:
    """A job is its owner's alone; one without an owner is the system's and nobody's."""

    acts = frozenset({policies.VIEW, CANCEL})

    def can(self, reader: Reader, act: str, obj: Job) -> bool:
        return obj.owner_id == reader.user_id

    def visible(self, reader: Reader, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(owner=reader.user_id)


def register_policies() -> None:
    """Make this policy the deciding one; called once when Django is ready."""
    policies.register(Job, JobPolicy())

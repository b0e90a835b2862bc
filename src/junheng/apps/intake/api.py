"""What other parts may use: importing at once or step by step, and where an import is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from junheng.apps.foundation import policies
from junheng.apps.intake.at_once import Outcome, import_now
from junheng.apps.intake.models import Import, State
from junheng.apps.intake.places import Where, places_of, tells_of_people
from junheng.apps.intake.policies import APPLY
from junheng.apps.intake.selectors import (
    import_visible_to,
    imports_visible_to,
    obstacles_of,
    part_of,
)
from junheng.apps.intake.sending import OtherFile, Sent, apply_later, receive_once, undo_later
from junheng.apps.intake.services import check_size, import_discard, import_undo
from junheng.apps.intake.told import alarms_told, changes_told, faults_told
from junheng.apps.jobs.api import jobs_visible_to

if TYPE_CHECKING:
    from junheng.apps.accounts.api import Reader

__all__ = [
    "Import",
    "OtherFile",
    "Outcome",
    "Sent",
    "State",
    "Where",
    "alarms_told",
    "apply_later",
    "changes_told",
    "check_size",
    "faults_told",
    "import_discard",
    "import_now",
    "import_undo",
    "import_visible_to",
    "imports_visible_to",
    "job_state",
    "obstacles_of",
    "part_of",
    "places_of",
    "receive_once",
    "require_apply",
    "start_url",
    "tells_of_people",
    "undo_later",
]


def start_url(reader: Reader, dataset: str) -> str:
    """Return the page on which the reader starts to import a dataset; empty for who may not."""
    if any(where.has(dataset) for where in places_of(reader)):
        return reverse("intake:start", args=[dataset])
    return ""


def require_apply(reader: Reader, source: Import) -> None:
    """Go on when the reader may apply, undo or drop an import they see; else NotAllowed."""
    policies.require(reader, APPLY, source)


def job_state(reader: Reader, source: Import) -> str | None:
    """Return the state of the reader's own job of an import; None without one."""
    if source.job_id is None:
        return None
    return jobs_visible_to(reader).filter(pk=source.job_id).values_list("state", flat=True).first()

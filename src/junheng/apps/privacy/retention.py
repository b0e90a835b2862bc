"""Periods after which personal data go, acted upon: what is due, and its going."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.models import Session
from django.db import transaction

from junheng.apps.audit.api import record
from junheng.apps.foundation import clock, scoping
from junheng.apps.intake.models import OPEN, Import, RegisterSample
from junheng.apps.intake.services import imports_clean_up
from junheng.apps.privacy.models import (
    Consent,
    Disclosure,
    ExportRequest,
    SubjectCopy,
    SubjectRequest,
)
from junheng.apps.privacy.rules import retaining
from junheng.apps.reports.models import Paper

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from junheng.apps.privacy.rules import RetentionRule

    Due = Callable[[datetime], QuerySet[Any]]

_DUE: Mapping[str, Due] = {
    "imports": lambda end: Import.objects.filter(state__in=OPEN, sent_at__lt=end),
    "register_samples": lambda end: RegisterSample.objects.filter(at__lt=end),
    "consents": lambda end: Consent.objects.filter(withdrawn_on__lt=clock.today(end)),
    "disclosures": lambda end: Disclosure.objects.filter(at__lt=end),
    "export_requests": lambda end: ExportRequest.objects.filter(asked_at__lt=end),
    "subject_requests": lambda end: SubjectRequest.objects.filter(recorded_at__lt=end),
    "subject_copies": lambda end: SubjectCopy.objects.filter(made_at__lt=end),
    "papers": lambda end: Paper.objects.filter(made_at__lt=end),
    "sessions": lambda end: Session.objects.filter(expire_date__lt=end),
}


@dataclass(frozen=True)
class Outcome:
    """One rule and how many rows were due."""

    rule: RetentionRule
    n_rows: int


def retention_preview(now: datetime) -> tuple[Outcome, ...]:
    """Return how many rows of each rule are due; nothing changes."""
    with scoping.everything(reason="preview of what is due to go"):
        return tuple(Outcome(rule, _due(rule, now).count()) for rule in retaining().rules)


def retention_run(now: datetime) -> tuple[Outcome, ...]:
    """Remove what is due, rule by rule, and put on record how much that was."""
    with scoping.everything(reason="retention periods are over"):
        return tuple(_run(rule, now) for rule in retaining().rules)


@transaction.atomic
def _run(rule: RetentionRule, now: datetime) -> Outcome:
    due = _due(rule, now)
    if rule.id == "imports":
        # The line in the history stays; the file, what was read from it, and previews go.
        n_rows = due.count()
        imports_clean_up(now=now)
    else:
        n_rows = sum(due.delete()[1].values())
    if n_rows:
        record("erased", reader=None, kind=rule.id, n_rows=n_rows, detail="retention")
    return Outcome(rule, n_rows)


def _due(rule: RetentionRule, now: datetime) -> QuerySet[Any]:
    return _DUE[rule.id](now - timedelta(days=rule.days))

"""What other apps may use: the newest result of a survey, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.survey.models import Record
from junheng.apps.survey.present.words import interval, share
from junheng.apps.survey.results import figures_of
from junheng.apps.survey.rules import survey_rules

if TYPE_CHECKING:
    from junheng.apps.accounts.api import Reader
    from junheng.engine.standard.satisfaction import Answers

__all__ = ["interval", "newest_result", "share"]


def newest_result(reader: Reader, bureau_id: int) -> Answers | None:
    """Return what the survey closed last came to; None without one, or where too few answered."""
    rows = policies.visible(reader, Record.objects.filter(survey__bureau=bureau_id))
    record = rows.order_by("-survey__closed_at").first()
    figures = figures_of(record.data["total"], survey_rules()) if record else None
    return figures.overall if figures else None

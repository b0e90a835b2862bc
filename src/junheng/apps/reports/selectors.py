"""Reads of papers, each for a reader. Lists leave the files where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.balance.api import assessments_visible_to
from junheng.apps.foundation import policies
from junheng.apps.reports.basis import is_judged
from junheng.apps.reports.models import Paper
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.api import Assessment


def papers_visible_to(reader: Reader, assessment: Assessment) -> list[Paper]:
    """Return the kept papers of an assessment, newest first, without their files."""
    rows = Paper.objects.filter(assessment=assessment).select_related("made_by")
    return list(policies.visible(reader, rows).defer("content"))


def paper_visible_to(reader: Reader, paper_id: UUID) -> Paper:
    """Return one paper with its file; NotFound for one not there or not the reader's to see."""
    found: Paper | None = policies.visible(reader, Paper.objects.filter(pk=paper_id)).first()
    if found is None:
        raise NotFound(say("There is no such paper, or it is not yours to see."))
    return found


def judged_visible_to(reader: Reader) -> list[Assessment]:
    """Return the assessments that papers can be made of: what counts for each school year."""
    by_year: dict[tuple[int, int], Assessment] = {}
    for one in assessments_visible_to(reader).filter(state="published"):
        if is_judged(one):
            by_year.setdefault((one.bureau_id, one.school_year_id), one)
    return list(by_year.values())

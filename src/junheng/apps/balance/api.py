"""What other parts may use: giving a table, and which school years are assessed."""

from __future__ import annotations

from junheng.apps.balance.mappings import PREFIX
from junheng.apps.balance.models import Assessment, State
from junheng.apps.balance.services import Source, upload_apply, upload_check, uploads_clean_up

__all__ = ["Source", "upload_apply", "upload_check", "uploads_clean_up", "years_assessed"]


def years_assessed(bureau_id: int) -> set[int]:
    """Return the first years of the school years with a published judged assessment."""
    rows = Assessment.objects.filter(bureau=bureau_id, state=State.PUBLISHED)
    judged = rows.exclude(ruleset__ruleset_id__startswith=PREFIX)
    return set(judged.values_list("school_year__starts_on__year", flat=True))

"""The lock of a self-assessment: entering, planning, computing and signing wait for each other."""

from __future__ import annotations

from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.models import Course


def course_locked(bureau_id: int, school_year_id: int, ruleset_id: str) -> Course:
    """Return the course of a year, begun if need be, held until the transaction ends.

    Whoever signs takes it before reading the board, and whoever writes what the board shows takes
    it before writing: so nothing that was stored is missing from a signed copy.
    """
    with everything(reason="one at a time writes or signs a self-assessment"):
        made, _is_new = Course.objects.get_or_create(
            bureau_id=bureau_id, school_year_id=school_year_id, ruleset_id=ruleset_id
        )
        return Course.objects.select_for_update().get(pk=made.pk)

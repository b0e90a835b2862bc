"""The lock of a self-assessment: entering, planning, computing and signing wait for each other."""

from __future__ import annotations

from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.models import Course
from junheng.apps.selfassessment.stages import stage
from junheng.errors import DataError
from junheng.i18n import say


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


def course_open(bureau_id: int, school_year_id: int, ruleset_id: str) -> Course:
    """Return the course as `course_locked` does, of a year that is not signed yet.

    DataError once it is: nothing that stands on the board changes then.
    """
    course = course_locked(bureau_id, school_year_id, ruleset_id)
    if stage(course.stage).locks:
        raise signed()
    return course


def signed() -> DataError:
    """Return what is told to whoever writes on a signed year."""
    return DataError(
        say(
            "The self-assessment of this year is signed. Have it returned before you enter or "
            "compute anything."
        )
    )

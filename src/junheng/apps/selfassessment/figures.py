"""Whether what a school signed still holds: the figures it saw against those of today."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING

from junheng.apps.balance.api import facts_of_schools
from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.models import AnswerKind, ItemEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from junheng.apps.selfassessment.models import Course, SchoolAnswer

ANSWERED = frozenset({AnswerKind.CONFIRMED, AnswerKind.SETTLED})


def figures_digests(course: Course, school_ids: Collection[int]) -> dict[int, str]:
    """Return what tells the figures of each school apart: its published facts and its answers.

    Constant number of queries, whatever the number of schools.
    """
    facts = facts_of_schools(course.bureau_id, course.school_year.starts_on.year, school_ids)
    told: defaultdict[int, list[str]] = defaultdict(list)
    with everything(reason="one digest of a school's figures, whoever reads it"):
        entries = ItemEntry.objects.filter(
            school__in=school_ids, school_year=course.school_year_id, ended_at__isnull=True
        )
        for school, item, data in entries.values_list("school", "item_id", "data"):
            told[school].append(f"{item}={data}")
    return {
        school: sha256("\n".join([*lines, *sorted(told[school])]).encode()).hexdigest()
        for school, lines in facts.items()
    }


def outdated_of(course: Course, answers: Mapping[int, SchoolAnswer]) -> frozenset[int]:
    """Return the schools whose figures are not those of their answer any more."""
    if not answers:
        return frozenset()
    now = figures_digests(course, answers.keys())
    return frozenset(s for s, one in answers.items() if one.figures_digest != now[s])


def confirmed_of(course: Course, answers: Mapping[int, SchoolAnswer]) -> frozenset[int]:
    """Return the schools whose figures of today are confirmed, or settled by the bureau."""
    answered = {school for school, one in answers.items() if one.kind in ANSWERED}
    return frozenset(answered - outdated_of(course, answers))

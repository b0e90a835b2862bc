"""What is asked of one school in a school year, and what it has said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.balance.api import rules_of_year
from junheng.apps.foundation import policies
from junheng.apps.registry.api import school_visible_to, school_year_ensure
from junheng.apps.selfassessment import selectors
from junheng.apps.selfassessment.figures import outdated_of
from junheng.apps.selfassessment.models import Course, ItemEntry, SchoolAnswer
from junheng.apps.selfassessment.policies import SCHOOL_OFFICE, sees_whole
from junheng.apps.selfassessment.rules import board_rules
from junheng.apps.selfassessment.stages import stage
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import School, SchoolYear
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.ruleset import Item


@dataclass(frozen=True)
class Asked:
    """What is asked of a school in a school year, and what it has said.

    `is_outdated`: its figures are not those of its last answer any more.
    """

    school: School
    year: SchoolYear
    rules: RuleSet
    items: Sequence[Item]
    entries: dict[str, ItemEntry]
    course: Course
    answers: Sequence[SchoolAnswer]
    is_outdated: bool

    @property
    def is_collecting(self) -> bool:
        """Whether the school may still answer."""
        return stage(self.course.stage).position == 0

    @property
    def n_open(self) -> int:
        """Items that the school has not answered."""
        return sum(item.id not in self.entries for item in self.items)

    @property
    def newest(self) -> SchoolAnswer | None:
        """What the school said last of its figures."""
        return self.answers[-1] if self.answers else None


def asked_of(reader: Reader, school_id: int, year: str, today: date) -> Asked:
    """Return what is asked of a school in a school year; NotFound for whom it is not.

    `year` as in an address, blank for the one that counts. Constant number of queries.
    """
    found = school_visible_to(reader, school_id)
    sees = reader.holds(SCHOOL_OFFICE, bureau_id=found.bureau_id, school_id=found.pk)
    if not sees and not sees_whole(reader, found.bureau_id):
        raise NotFound(say("There is no such school, or it is not yours to see."))
    first = selectors.year_of(found.bureau_id, year, today)
    rules, of_year = rules_of_year(found.bureau_id, first), school_year_ensure(first_year=first)
    entries = policies.visible(
        reader,
        ItemEntry.objects.filter(
            school=found, school_year=of_year, ruleset_id=rules.id, ended_at__isnull=True
        ).select_related("entered_by"),
    )
    course, _is_new = Course.objects.get_or_create(
        bureau_id=found.bureau_id, school_year=of_year, ruleset_id=rules.id
    )
    answers = policies.visible(
        reader,
        SchoolAnswer.objects.filter(course=course, school=found).select_related("signed_by"),
    )
    specs, said = board_rules(), list(answers.order_by("position"))
    return Asked(
        school=found,
        year=of_year,
        rules=rules,
        items=[item for item in rules.items if specs.of(item.id).origin == "schools"],
        entries={entry.item_id: entry for entry in entries},
        course=course,
        answers=said,
        is_outdated=bool(said) and bool(outdated_of(course, {found.pk: said[-1]})),
    )

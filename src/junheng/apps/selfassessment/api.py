"""What other apps may use: entering what a survey came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.balance.api import rules_of_year
from junheng.apps.selfassessment.models import ItemEntry, Told
from junheng.apps.selfassessment.policies import KEEPERS
from junheng.apps.selfassessment.services import Entered, Place, item_enter, role_of
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import SchoolYear
    from junheng.engine.standard.ruleset import Item
    from junheng.engine.standard.satisfaction import Answers

__all__ = ["satisfaction_enter", "satisfaction_item"]

CHECK = "satisfaction"


def satisfaction_item(bureau_id: int, first_year: int) -> Item:
    """Return the item on social recognition; DataError where the rules of the year have none."""
    rules = rules_of_year(bureau_id, first_year)
    for item in rules.items:
        if item.check == CHECK:
            return item
    raise DataError(say("Rule set {rules} has no item on social recognition.", rules=rules.id))


def satisfaction_enter(
    reader: Reader,
    *,
    bureau_id: int,
    school_year: SchoolYear,
    survey: Answers,
    document: str,
    now: datetime,
) -> ItemEntry:
    """Enter the answers of a survey for the item; what was entered of visits stays.

    DataError once the self-assessment of the year is signed.
    """
    first_year = school_year.starts_on.year
    rules = rules_of_year(bureau_id, first_year)
    item = satisfaction_item(bureau_id, first_year)
    place = Place(bureau_id, school_year.pk, rules.id, item.id)
    standing = ItemEntry.objects.filter(
        **place.where, told_by=Told.COUNTY, school__isnull=True, ended_at__isnull=True
    ).first()
    counts = {"survey_valid": str(survey.valid), "survey_satisfied": str(survey.satisfied)}
    return item_enter(
        place,
        Entered(
            data=(standing.data if standing else {}) | counts,
            document=document,
            note=standing.note if standing else "",
        ),
        replaces=standing.pk if standing else None,
        role=role_of(reader, bureau_id, KEEPERS),
        by=reader.user_id,
        now=now,
    )

"""What other apps may use: the board in counts, entering what a survey came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.balance.api import rules_of_year
from junheng.apps.selfassessment import selectors
from junheng.apps.selfassessment.models import ItemEntry, Told
from junheng.apps.selfassessment.policies import KEEPERS
from junheng.apps.selfassessment.present.board import BoardShown, Part
from junheng.apps.selfassessment.services import Entered, Place, item_enter, role_of
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.api import Basis
    from junheng.apps.registry.api import Bureau, SchoolYear
    from junheng.engine.standard.ruleset import Item
    from junheng.engine.standard.satisfaction import Answers

__all__ = ["BoardCount", "Part", "board_counted", "satisfaction_enter", "satisfaction_item"]

CHECK = "satisfaction"


@dataclass(frozen=True)
class BoardCount:
    """The board of the year that counts now: the assessment, and each part in counts."""

    school_year: SchoolYear
    basis: Basis | None
    parts: Sequence[Part]
    overall: str


def board_counted(reader: Reader, bureau: Bureau, day: date) -> BoardCount:
    """Return the board as far as the reader sees it. Constant number of queries."""
    year = selectors.year_of(bureau.pk, "", day)
    board = selectors.board_visible_to(reader, bureau, year)
    shown = BoardShown(board, today=day, user_id=reader.user_id)
    return BoardCount(board.school_year, board.basis, shown.parts, shown.overall)


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

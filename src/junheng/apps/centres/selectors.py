"""What the wall of the hall shows, for a reader. Constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Kind
from junheng.apps.registry.api import Bureau
from junheng.apps.selfassessment.api import board_counted
from junheng.apps.survey.api import newest_result
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.api import BoardCount
    from junheng.engine.standard.satisfaction import Answers


@dataclass(frozen=True)
class Wall:
    """Counts and coefficients of one bureau and school year; no school and nobody by name."""

    bureau: Bureau
    board: BoardCount
    satisfaction: Answers | None


def wall_visible_to(reader: Reader, day: date) -> Wall:
    """Return the wall of the reader's bureau; NotAllowed for those who see no district."""
    seen = reader.scope_of(Kind.FIGURES).bureaus
    bureau = Bureau.objects.filter(pk__in=seen).order_by("pk").first()
    if bureau is None:
        raise NotAllowed(say("Your posts of today do not see the district."))
    return Wall(bureau, board_counted(reader, bureau, day), newest_result(reader, bureau.pk))

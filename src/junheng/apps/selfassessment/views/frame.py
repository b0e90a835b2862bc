"""What the pages of the board share: whose, which year, and the header."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from junheng.apps.evidence.api import counts_of
from junheng.apps.foundation import clock
from junheng.apps.foundation.shown import Link
from junheng.apps.selfassessment import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.selectors import Board


def board_of(request: HttpRequest, reader: Reader) -> Board:
    """Return the board that an address asks for, as far as the reader sees it."""
    bureau = selectors.bureau_of(reader)
    year = selectors.year_of(bureau.pk, request.GET.get("year", ""), clock.today())
    return selectors.board_visible_to(reader, bureau, year)


def frame(board: Board, path: str) -> dict[str, Any]:
    """Return scope and period of the header."""
    options = [
        Link(_label(one), f"{path}?year={one.starts_on.year}", one.pk == board.school_year.pk)
        for one in selectors.years_known()
    ]
    return {
        "scope": {"label": board.bureau.name},
        "period": {
            "label": _label(board.school_year),
            "detail": f"{board.rules.id} {board.rules.version}",
            "options": options if len(options) > 1 else [],
        },
        "year": board.school_year.starts_on.year,
    }


def files_of(reader: Reader, board: Board) -> dict[str, int]:
    """Return how many pieces of evidence the reader sees for each item, of county and schools."""
    year = board.school_year.starts_on.year
    found: Counter[str] = Counter()
    for (item_id, _school), n_pieces in counts_of(reader, year, board.rules.id).items():
        found[item_id] += n_pieces
    return dict(found)


def _label(year: object) -> str:
    return gettext("School year %(year)s") % {"year": year}

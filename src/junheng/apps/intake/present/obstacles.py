"""What stands in the way of undoing: later imports and edits of the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.intake import selectors
from junheng.apps.intake.present import words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.undoing import Obstacle


@dataclass(frozen=True)
class ObstacleShown:
    """One later act; `url` leads to the import where the reader may see it."""

    what: str
    url: str
    who: str
    at: datetime
    dataset: str
    n_rows: int
    rows: str


def obstacles_shown(reader: Reader, found: Iterable[Obstacle]) -> list[ObstacleShown]:
    """Return later acts as they are shown, oldest first."""
    acts = list(found)
    ids = [one.import_id for one in acts if one.import_id]
    visible = set(
        selectors.imports_visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True)
    )
    return [
        ObstacleShown(
            what=one.file_name or gettext("An edit on a page"),
            url=reverse("intake:show", args=[one.import_id]) if one.import_id in visible else "",
            who=one.who,
            at=timezone.localtime(one.at),
            dataset=words.dataset_name(one.dataset),
            n_rows=one.n_rows,
            rows=gettext(", ").join(one.rows),
        )
        for one in acts
    ]

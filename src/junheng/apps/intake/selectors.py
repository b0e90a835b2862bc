"""Reads of imports, each for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from junheng.apps.foundation import policies
from junheng.apps.intake import preview
from junheng.apps.intake.guarding import Alarm
from junheng.apps.intake.models import OPEN, Import, State
from junheng.apps.intake.stored import fault_from_json, unpack
from junheng.apps.intake.undoing import obstacles
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.apps.intake.models import ImportPart
    from junheng.apps.intake.undoing import Obstacle
    from junheng.engine.contracts.differences import Difference, Kind
    from junheng.engine.contracts.findings import FieldFault

_WITH = ("bureau", "school", "school_year", "sent_by", "applied_by", "undone_by")


def imports_visible_to(reader: Reader, *, dataset: str = "") -> QuerySet[Import]:
    """Return the history the reader may see, newest first, of one dataset if named.

    Parts come along; files and faults do not. Two queries, whatever the number of imports.
    """
    rows = policies.visible(reader, Import.objects.select_related(*_WITH))
    if dataset:
        rows = rows.filter(parts__dataset=dataset)
    return (
        rows.order_by("-sent_at", "pk")
        .defer("content", "faults", "effects")
        .prefetch_related("parts")
    )


def newest_by_dataset(reader: Reader, first_year: int) -> dict[tuple[int, int | None, str], Import]:
    """Return the newest import of each bureau, school and dataset in a school year.

    Files that were dropped, replaced or taken back do not count. Two queries.
    """
    rows = imports_visible_to(reader).filter(
        school_year__starts_on__year=first_year, state__in=[*OPEN, State.APPLIED]
    )
    found: dict[tuple[int, int | None, str], Import] = {}
    for source in rows:
        for part in source.parts.all():
            found.setdefault((source.bureau_id, source.school_id, part.dataset), source)
    return found


def import_visible_to(reader: Reader, import_id: UUID | str) -> Import:
    """Return one import with its parts; NotFound for one that is not the reader's to see."""
    found = imports_visible_to(reader).filter(pk=import_id).first()
    if found is None:
        raise NotFound(say("There is no such import, or it is not yours to see."))
    return found


def imports_of_batches(reader: Reader, batches: Collection[UUID | None]) -> QuerySet[Import]:
    """Return the imports the reader may see that wrote these batches of the journal, or undid."""
    named = [batch for batch in batches if batch]
    found = Q(batch__in=named) | Q(undo_batch__in=named)
    return imports_visible_to(reader).filter(found)


def part_of(source: Import, dataset: str) -> ImportPart:
    """Return one dataset of an import that was found for a reader; NotFound when it has none."""
    found = next((part for part in source.parts.all() if part.dataset == dataset), None)
    if found is None:
        raise NotFound(say("This import does not hold the dataset “{dataset}”.", dataset=dataset))
    return found


def changes_of(
    part: ImportPart, *, kind: Kind | None = None, search: str = "", limit: int, offset: int = 0
) -> tuple[tuple[Difference, ...], int]:
    """Return a window of the changes of one dataset, removed ones first, and their number.

    The unchanged rows are counted in the part and not kept. Empty once the preview was cleared
    away. Cost: the pages of the window; with `search` all pages of the kind.
    """
    return preview.window(part, kind=kind, search=search, limit=limit, offset=offset)


def faults_of(source: Import) -> tuple[FieldFault, ...]:
    """Return the first faults of a file, in the order of datasets and rows."""
    stored = Import.objects.values_list("faults", flat=True).get(pk=source.pk)
    return tuple(fault_from_json(one) for one in unpack(stored)) if stored else ()


def alarms_of(source: Import) -> tuple[Alarm, ...]:
    """Return what the feed guard found."""
    return tuple(Alarm(**one) for one in source.alarms)


def obstacles_of(source: Import) -> tuple[Obstacle, ...]:
    """Return which later acts stand in the way of undoing an applied import."""
    return obstacles(source) if source.state == State.APPLIED else ()

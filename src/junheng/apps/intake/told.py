"""One import as other programs are told of it: faults and changes with people masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation import masking
from junheng.apps.intake import selectors
from junheng.apps.intake.present.faults import FaultTexts
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.apps.intake.models import Import, ImportPart
    from junheng.engine.contracts import Field
    from junheng.engine.contracts.differences import Difference, Kind, Values

Told = dict[str, str | None]


@dataclass(frozen=True)
class FaultTold:
    """One fault at its place; `is_conflict`: with a stored row, and not of the file itself."""

    sheet: str
    row: int | None
    column: str
    field: str
    value: str
    found: str
    remedy: str
    is_conflict: bool


@dataclass(frozen=True)
class ChangeTold:
    """One row that would be written: `old` None for a new one, `new` None for one that goes."""

    kind: str
    because: str
    row: int | None
    old: Told | None
    new: Told | None
    changed: list[str]


def faults_told(source: Import, *, limit: int, offset: int) -> list[FaultTold]:
    """Return a window of the kept faults of a file."""
    datasets = [part.dataset for part in source.parts.all()]
    texts = FaultTexts(datasets, hides_names=source.school_id is None)
    return [
        FaultTold(
            sheet=one.sheet,
            row=one.row,
            column=one.column,
            field=one.field_id,
            value=masking.numbers_masked(texts.value(one)),
            found=masking.numbers_masked(texts.told(one, one.found)),
            remedy=masking.numbers_masked(texts.told(one, one.remedy)),
            is_conflict=one.conflict is not None,
        )
        for one in selectors.faults_of(source)[offset : offset + limit]
    ]


def changes_told(
    source: Import, part: ImportPart, *, kind: Kind | None, limit: int, offset: int
) -> tuple[list[ChangeTold], int]:
    """Return a window of the changes of one dataset, and their number."""
    found, n_all = selectors.changes_of(part, kind=kind, limit=limit, offset=offset)
    hides_names = source.school_id is None
    return [_change(part, one, hides_names=hides_names) for one in found], n_all


def alarms_told(source: Import) -> list[str]:
    """Return what the feed guard found, in the language of the reader."""
    return [one.message.render(gettext) for one in selectors.alarms_of(source)]


def _change(part: ImportPart, one: Difference, *, hides_names: bool) -> ChangeTold:
    fields = contracts.contract(part.dataset).fields
    hidden = {f.id: f for f in fields if masking.is_masked(f, hides_names=hides_names)}
    old, new = (values and _masked(values, hidden) for values in (one.old, one.new))
    return ChangeTold(one.kind, one.because, one.row_no, old, new, list(one.changed))


def _masked(values: Values, hidden: Mapping[str, Field]) -> Told:
    return {
        name: masking.masked(hidden[name], text) if text and name in hidden else text
        for name, text in values.items()
    }

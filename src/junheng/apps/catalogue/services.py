"""Counting what is there of each dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.balance.api import unit_table_counted
from junheng.apps.catalogue.models import DatasetCount
from junheng.apps.foundation.models import Change
from junheng.apps.registry.api import Place, school_year_ensure
from junheng.apps.registry.api import target as target_of
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from junheng.apps.registry.api import Bureau

UNIT_TABLE = "unit_table"
COUNTED = "counted"


@transaction.atomic
def dataset_count_keep(
    *,
    bureau_id: int,
    first_year: int,
    dataset: str,
    n_rows: int,
    filled: Mapping[str, int],
    changed_at: datetime | None,
    now: datetime,
) -> DatasetCount:
    """Keep what was counted of one dataset; an older count of it gives way."""
    kept, _is_new = DatasetCount.objects.update_or_create(
        bureau_id=bureau_id,
        school_year=school_year_ensure(first_year=first_year),
        dataset=dataset,
        defaults={
            "n_rows": n_rows,
            "filled": dict(filled),
            "changed_at": changed_at,
            "counted_at": now,
        },
    )
    return kept


def unit_table_count(*, bureau_id: int, first_year: int, now: datetime) -> DatasetCount | None:
    """Count the unit table that the newest assessment of a school year rests on, if any."""
    counted = unit_table_counted(bureau_id, first_year)
    if counted is None:
        return None
    return dataset_count_keep(
        bureau_id=bureau_id,
        first_year=first_year,
        dataset=UNIT_TABLE,
        n_rows=counted.n_rows,
        filled=counted.filled,
        changed_at=counted.applied_at,
        now=now,
    )


def dataset_count(*, bureau: Bureau, first_year: int, dataset: str, now: datetime) -> DatasetCount:
    """Count the rows of a dataset that the registry keeps, within the reach of the scope."""
    target = target_of(dataset)
    names = [field.id for field in target.contract.fields]
    with Session() as session:
        n_rows = target.load(session, COUNTED, Place(bureau.pk, first_year))
        counts = ", ".join(f"COUNT({name})" for name in names)
        ((*filled,),) = session.rows(f"SELECT {counts} FROM {COUNTED}")
    return dataset_count_keep(
        bureau_id=bureau.pk,
        first_year=first_year,
        dataset=dataset,
        n_rows=n_rows,
        filled={name: int(str(n)) for name, n in zip(names, filled, strict=True)},
        changed_at=_last_change(bureau, dataset),
        now=now,
    )


def _last_change(bureau: Bureau, dataset: str) -> datetime | None:
    """Return when a row of a dataset was last changed by an import, an edit or an undo."""
    changes = Change.objects.filter(kind=f"dataset:{dataset}", key__startswith=f"{bureau.code}/")
    newest = changes.order_by("-pk").first()
    return newest.at if newest else None

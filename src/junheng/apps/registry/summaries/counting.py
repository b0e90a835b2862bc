"""Counts of classes, kept in the transaction that changes pupils."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db.models import Count, Q

from junheng.apps.foundation import bulk, scoping
from junheng.apps.foundation.clock import now
from junheng.apps.registry.models import ClassCount, CountedDay, DatasetVersion, Enrolment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from junheng.apps.registry.targets.records import Place, RowChange


def note_write(place: Place, dataset: str, changes: Iterable[RowChange]) -> None:
    """Give a dataset a new version and count the classes that changes of pupils touched."""
    with scoping.everything(reason="summaries follow the rows"):
        DatasetVersion.objects.update_or_create(
            bureau_id=place.bureau_id,
            dataset=dataset,
            defaults={"version": uuid4(), "changed_at": now()},
        )
        if dataset != "pupils":
            return
        rows = [row for change in changes for row in (change.old, change.new) if row]
        touched = {str(row["class_id"]) for row in rows}
        for day in CountedDay.objects.filter(bureau=place.bureau_id):
            for codes in bulk.parts(sorted(touched), bulk.VALUES_AT_ONCE):
                count(place.bureau_id, day.on_date, codes)


def count(bureau_id: int, on: date, codes: Collection[str] | None = None) -> None:
    """Count classes (None: all of the bureau) as of a day anew."""
    kept = ClassCount.objects.filter(bureau=bureau_id, on_date=on)
    if codes is not None:
        kept = kept.filter(class_code__in=codes)
    kept.delete()
    ClassCount.objects.bulk_create(
        [
            ClassCount(bureau_id=bureau_id, on_date=on, class_code=code, n_pupils=n)
            for code, n in counted(bureau_id, on, codes).items()
        ],
        batch_size=1000,
    )


def counted(bureau_id: int, on: date, codes: Collection[str] | None = None) -> dict[str, int]:
    """Return the pupils of classes on a day, from the enrolments themselves."""
    rows = Enrolment.objects.filter(bureau=bureau_id, from_date__lte=on).filter(
        Q(to_date__isnull=True) | Q(to_date__gte=on)
    )
    if codes is not None:
        # With the bureau beside it the code is found in an index.
        rows = rows.filter(school_class__bureau=bureau_id, school_class__code__in=codes)
    grouped = rows.order_by().values_list("school_class__code").annotate(n=Count("pk"))
    return dict(grouped)


def class_counts(bureau_id: int, on: date) -> dict[str, int]:
    """Return the kept counts of a day; the day is kept from now on when it was not before."""
    with scoping.everything(reason="counts of classes"):
        _, is_new = CountedDay.objects.get_or_create(bureau_id=bureau_id, on_date=on)
        if is_new:
            count(bureau_id, on)
        kept = ClassCount.objects.filter(bureau=bureau_id, on_date=on)
        return dict(kept.order_by("class_code").values_list("class_code", "n_pupils"))


def versions(bureau_id: int) -> dict[str, UUID]:
    """Return the version of every dataset that was ever written."""
    with scoping.everything(reason="versions of datasets"):
        found = DatasetVersion.objects.filter(bureau=bureau_id)
        return dict(found.values_list("dataset", "version"))
